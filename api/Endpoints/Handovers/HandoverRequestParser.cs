using System.Globalization;
using Campaigns.Api.Http;
using Campaigns.Db.Handovers;
using Campaigns.Handovers;

namespace Campaigns.Api.Endpoints.Handovers;

/// <summary>Reads and checks what staff send about hand-overs.</summary>
internal static class HandoverRequestParser
{
    public const string TimeFormat = "HH:mm";

    private const string State = "state";

    public static IReadOnlyList<string> PlanFields { get; } =
    ["recipient", "packets", "occasion", "plannedOn", "time", "place", "delegation", "note", "public"];

    public static IReadOnlyList<string> AttemptFields { get; } =
    ["on", "outcome", "place", "by", "reference", "packets", "note"];

    public static IReadOnlyList<string> AnswerFields { get; } = ["on", "kind", "summary", "source"];

    /// <summary>Reads a new plan.</summary>
    /// <param name="fields">The body.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="scope">The countries of the member; null for all.</param>
    public static Outcome<HandoverPlan> ReadNew(JsonFields fields, Campaign campaign, IReadOnlyList<string>? scope)
    {
        fields.Only(PlanFields);
        var recipient = fields.String("recipient") ?? "";
        if (
            (
                campaign.Recipients.All(one => one.Key != recipient)
                || !HandoverRules.IsInScope(campaign, recipient, scope)
            ) && !fields.Errors.Has("recipient")
        )
            fields.Errors.Add("recipient", "The campaign has no such recipient.");
        return ReadPlan(fields, recipient, isCancelled: false);
    }

    /// <summary>Reads a change: a merge patch of the plan as it is.</summary>
    public static Outcome<HandoverPlan> ReadChange(JsonFields fields, Handover current)
    {
        fields.Only([.. PlanFields, State]);
        if (fields.String("recipient") != current.Plan.Recipient && !fields.Errors.Has("recipient"))
            fields.Errors.Add("recipient", "The recipient of a hand-over cannot be changed.");
        var state = fields.String(State);
        var isCancelled = state == HandoverState.Cancelled;
        if (state is not null && !isCancelled && state != current.Progress.State)
            fields.Errors.Add(State, "Only cancelled can be set. The others follow from attempts and answers.");
        return ReadPlan(fields, current.Plan.Recipient, isCancelled);
    }

    /// <summary>Reads an attempt.</summary>
    public static Outcome<AttemptDraft> ReadAttempt(JsonFields fields, DateOnly today)
    {
        var draft = ReadAttemptFields(fields.Only(AttemptFields), today);
        return fields.Errors.ToRefusal() is { } refusal ? refusal : draft;
    }

    /// <summary>Reads a correction: a merge patch of the attempt as it is, with a reason.</summary>
    public static Outcome<Correction<AttemptDraft>> ReadAttemptCorrection(JsonFields fields, DateOnly today)
    {
        var draft = ReadAttemptFields(fields.Only([.. AttemptFields, "reason"]), today);
        var reason = fields.ReadReasonField();
        return fields.Errors.ToRefusal() is { } refusal ? refusal : new Correction<AttemptDraft>(draft, reason!);
    }

    /// <summary>Reads an answer.</summary>
    public static Outcome<AnswerDraft> ReadAnswer(JsonFields fields, DateOnly today)
    {
        var draft = ReadAnswerFields(fields.Only(AnswerFields), today);
        return fields.Errors.ToRefusal() is { } refusal ? refusal : draft;
    }

    /// <summary>Reads a correction: a merge patch of the answer as it is, with a reason.</summary>
    public static Outcome<Correction<AnswerDraft>> ReadAnswerCorrection(JsonFields fields, DateOnly today)
    {
        var draft = ReadAnswerFields(fields.Only([.. AnswerFields, "reason"]), today);
        var reason = fields.ReadReasonField();
        return fields.Errors.ToRefusal() is { } refusal ? refusal : new Correction<AnswerDraft>(draft, reason!);
    }

    private static Outcome<HandoverPlan> ReadPlan(JsonFields fields, string recipient, bool isCancelled)
    {
        var packets = ReadPackets(fields);
        if (packets is null or { Count: 0 } && !fields.Errors.Has("packets"))
            fields.Errors.Add("packets", "A hand-over carries at least one packet.");
        var plan = new HandoverPlan
        {
            Recipient = recipient,
            Occasion = fields.Line("occasion", HandoverRules.Line),
            PlannedOn = fields.Date("plannedOn"),
            Time = ReadTime(fields),
            Notes = new HandoverNotes(
                fields.Line("place", HandoverRules.Line),
                ReadDelegation(fields),
                fields.Prose("note", HandoverRules.Prose)
            ),
            Packets = packets ?? [],
            IsPublic = fields.Boolean("public") ?? false,
            IsCancelled = isCancelled,
        };
        return fields.Errors.ToRefusal() is { } refusal ? refusal : plan;
    }

    private static AttemptDraft ReadAttemptFields(JsonFields fields, DateOnly today)
    {
        var packets = ReadPackets(fields);
        if (packets is { Count: 0 } && !fields.Errors.Has("packets"))
            fields.Errors.Add("packets", "An attempt carries at least one packet.");
        return new AttemptDraft(
            ReadDay(fields, today),
            ReadWord(fields, "outcome", AttemptOutcome.All),
            packets,
            new AttemptNotes(
                fields.Line("place", HandoverRules.Line),
                fields.Line("by", HandoverRules.Line),
                fields.Line("reference", HandoverRules.Line),
                fields.Prose("note", HandoverRules.Prose)
            )
        );
    }

    private static AnswerDraft ReadAnswerFields(JsonFields fields, DateOnly today)
    {
        var summary = fields.Prose("summary", HandoverRules.Prose);
        if (summary is null && !fields.Errors.Has("summary"))
            fields.Errors.Add("summary", "This is required.");
        return new AnswerDraft(
            ReadDay(fields, today),
            ReadWord(fields, "kind", AnswerKind.All),
            summary ?? "",
            fields.Line("source", HandoverRules.Source)
        );
    }

    private static DateOnly ReadDay(JsonFields fields, DateOnly today)
    {
        if (fields.Date("on") is not { } day)
        {
            if (!fields.Errors.Has("on"))
                fields.Errors.Add("on", "This is required.");
            return today;
        }
        if (HandoverRules.DayProblem(day, today) is { } problem)
            fields.Errors.Add("on", problem);
        return day;
    }

    private static string ReadWord(JsonFields fields, string name, IReadOnlyList<string> words)
    {
        var word = fields.String(name);
        if (!words.Contains(word) && !fields.Errors.Has(name))
            fields.Errors.Add(name, $"Choose among {string.Join(", ", words)}.");
        return word ?? "";
    }

    private static TimeOnly? ReadTime(JsonFields fields)
    {
        if (fields.String("time") is not { } text)
            return null;
        if (TimeOnly.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return time;
        fields.Errors.Add("time", "This must be a time of day such as 11:30.");
        return null;
    }

    private static List<string>? ReadDelegation(JsonFields fields)
    {
        if (fields.Strings("delegation", HandoverRules.MostDelegates) is not { } typed)
            return null;
        var names = new List<string>();
        foreach (var (index, name) in typed.Index())
            if (
                fields.Errors.ValueOf(
                    CampaignFields.Line(name, HandoverRules.Line),
                    FormattableString.Invariant($"delegation[{index}]")
                ) is
                { } line
            )
                names.Add(line);
        return names;
    }

    private static List<long>? ReadPackets(JsonFields fields)
    {
        if (fields.Strings("packets", HandoverRules.MostPackets) is not { } typed)
            return null;
        var packets = new List<long>();
        foreach (var (index, text) in typed.Index())
        {
            var path = FormattableString.Invariant($"packets[{index}]");
            if (!Ids.TryParse(text, out var id))
                fields.Errors.Add(path, "This must be the id of a packet.");
            else if (packets.Contains(id))
                fields.Errors.Add(path, "This packet is named twice.");
            else
                packets.Add(id);
        }
        return packets;
    }
}
