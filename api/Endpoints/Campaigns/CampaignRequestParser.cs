using System.Globalization;
using Campaigns.Api.Http;

namespace Campaigns.Api.Endpoints.Campaigns;

/// <summary>
/// Reads and checks the fields of a campaign from staff.
/// </summary>
internal static class CampaignRequestParser
{
    private static readonly string[] _fields =
    [
        "slug",
        "organisation",
        "controller",
        "privacyNotice",
        "texts",
        "goal",
        "countries",
        "recipients",
        "opensAt",
        "closesAt",
        "handOverOn",
        "answerWithinDays",
        "eraseAfterDays",
        "sensitive",
        "allowedOrigins",
        "timeZone",
        "share",
    ];

    // What staff read of a campaign and may send back with a change.
    private static readonly string[] _fieldsOfChange = [.. _fields, "state", "confirmed", "eraseOn"];

    private static readonly string[] _fieldsOfRecipient =
    [
        "key",
        "name",
        "names",
        "address",
        "countries",
        "risk",
        "maxDisclosure",
        "answerWithin",
        "kind",
        "locale",
        "profile",
    ];

    /// <summary>Reads a new campaign.</summary>
    public static Outcome<CampaignDraft> ReadNew(JsonFields fields) => Read(fields.Only(_fields), current: null);

    /// <summary>
    /// Reads a change: <paramref name="fields"/> are a merge patch of the current campaign as staff
    /// read it.
    /// </summary>
    public static Outcome<CampaignDraft> ReadChange(JsonFields fields, Campaign current) =>
        Read(fields.Only(_fieldsOfChange), current);

    private static Outcome<CampaignDraft> Read(JsonFields fields, Campaign? current)
    {
        var errors = fields.Errors;
        var draft = new CampaignDraft
        {
            Slug = ReadSlug(fields),
            Organisation = fields.Line("organisation", CampaignLimits.Organisation)
                ?? Missing<string>(fields, "organisation")
                ?? "",
            Controller = ReadController(fields) ?? Missing<Controller>(fields, "controller") ?? new Controller("", ""),
            PrivacyNotice = WordsFields.ReadNotice(fields)
                ?? Missing<PrivacyNotice>(fields, "privacyNotice")
                ?? new PrivacyNotice("", ""),
            Texts = ReadTexts(fields) ?? Missing<List<DraftText>>(fields, "texts") ?? [],
            Goal = fields.Integer("goal", 1, CampaignLimits.MostGoal) ?? Missing<int?>(fields, "goal") ?? 0,
            Countries = ReadCountries(fields) ?? [],
            Recipients = ReadRecipients(fields, current?.Recipients ?? []) ?? [],
            OpensAt = fields.Moment("opensAt"),
            ClosesAt = fields.Moment("closesAt"),
            HandOverOn = fields.Date("handOverOn"),
            AnswerWithinDays = fields.Integer("answerWithinDays", 1, CampaignLimits.MostDays),
            EraseAfterDays = fields.Integer("eraseAfterDays", 0, CampaignLimits.MostDays),
            Sensitive = fields.Boolean("sensitive") ?? false,
            TimeZone = ReadTimeZone(fields),
            AllowedOrigins = ReadOrigins(fields) ?? [],
            Share = WordsFields.ReadShare(fields),
        };
        if (CampaignFields.ClosingProblem(draft.OpensAt, draft.ClosesAt) is { } problem && !errors.Has("closesAt"))
            errors.Add("closesAt", problem);
        if (current is not null && draft.Slug != current.Slug && !errors.Has("slug"))
            errors.Add("slug", "The slug of a campaign cannot be changed.");
        if (current is not null && fields.String("state") != current.State && !errors.Has("state"))
            errors.Add("state", "The state is changed at its own addresses: open, close and archive.");
        return errors.ToRefusal() is { } refusal ? refusal : draft;
    }

    /// <summary>Reads the texts of a body that has only texts.</summary>
    public static Outcome<IReadOnlyList<DraftText>> ReadTextsOnly(JsonFields fields)
    {
        var texts = ReadTexts(fields.Only("texts")) ?? Missing<List<DraftText>>(fields, "texts");
        return fields.Errors.ToRefusal() is { } refusal ? refusal : new Outcome<IReadOnlyList<DraftText>>(texts, null);
    }

    private static string ReadSlug(JsonFields fields)
    {
        var slug = fields.String("slug");
        if (CampaignFields.SlugProblem(slug) is { } problem && !fields.Errors.Has("slug"))
            fields.Errors.Add("slug", problem);
        return slug ?? "";
    }

    private static Controller? ReadController(JsonFields fields) =>
        fields.Object("controller")?.Only("name", "contact") is { } controller
            ? new Controller(
                controller.Line("name", CampaignLimits.ControllerName) ?? Missing<string>(controller, "name") ?? "",
                controller.Line("contact", CampaignLimits.ControllerContact)
                    ?? Missing<string>(controller, "contact")
                    ?? ""
            )
            : null;

    private static List<DraftText>? ReadTexts(JsonFields fields)
    {
        var errorsBefore = fields.Errors.Count;
        if (fields.Entries("texts", CampaignLimits.MostTexts) is not { } entries)
            return null;
        if (entries.Count == 0 && fields.Errors.Count == errorsBefore)
            fields.Errors.Add("texts", "A campaign has at least one text.");
        var texts = new List<DraftText>();
        foreach (var (locale, text) in entries)
        {
            // Version and hash are computed; a text may be sent as it was read.
            text.Only("title", "demand", "version", "hash");
            if (CampaignFields.LocaleProblem(locale) is { } problem)
                fields.Errors.Add(fields.Path("texts"), problem);
            texts.Add(
                new DraftText(
                    locale,
                    text.Line("title", CampaignLimits.TextTitle) ?? Missing<string>(text, "title") ?? "",
                    text.Prose("demand", CampaignLimits.TextDemand) ?? Missing<string>(text, "demand") ?? ""
                )
            );
        }
        if (texts.Select(text => text.Locale).Distinct().Count() < texts.Count)
            fields.Errors.Add("texts", "Each locale has one text.");
        return texts;
    }

    private static List<CampaignCountry>? ReadCountries(JsonFields fields)
    {
        if (fields.Objects("countries", Country.Codes.Count) is not { } items)
            return null;
        var countries = items
            .Select(item => item.Only("country", "goal", "locale"))
            .Select(item => new CampaignCountry(
                CountryCode(item, "country") ?? "",
                item.Integer("goal", 1, CampaignLimits.MostGoal),
                LocaleOf(item)
            ))
            .ToList();
        if (countries.Select(country => country.Country).Distinct().Count() < countries.Count)
            fields.Errors.Add("countries", "Each country is listed once.");
        return countries;
    }

    private static List<DraftRecipient>? ReadRecipients(JsonFields fields, IReadOnlyList<Recipient> current)
    {
        if (fields.Objects("recipients", CampaignLimits.MostRecipients) is not { } items)
            return null;
        var recipients = items.Select(item => ReadRecipient(item, current)).ToList();
        if (recipients.Select(recipient => recipient.Key).Distinct().Count() < recipients.Count)
            fields.Errors.Add("recipients", "Each key is used once.");
        return recipients;
    }

    private static DraftRecipient ReadRecipient(JsonFields item, IReadOnlyList<Recipient> current)
    {
        item.Only(_fieldsOfRecipient);
        var key = item.String("key");
        if (CampaignFields.RecipientKeyProblem(key) is { } keyProblem && !item.Errors.Has(item.Path("key")))
            item.Errors.Add(item.Path("key"), keyProblem);
        var countries = item.Strings("countries", Country.Codes.Count);
        foreach (var (index, country) in (countries ?? []).Index())
        {
            if (CampaignFields.CountryProblem(country) is { } problem)
                item.Errors.Add(
                    string.Create(CultureInfo.InvariantCulture, $"{item.Path("countries")}[{index}]"),
                    problem
                );
        }
        if (countries is { Count: 0 })
            item.Errors.Add(item.Path("countries"), "Name at least one country, or null for all.");
        var risk = item.String("risk");
        if (CampaignFields.RiskProblem(risk) is { } riskProblem && !item.Errors.Has(item.Path("risk")))
            item.Errors.Add(item.Path("risk"), riskProblem);
        var disclosure = Disclosure.Count;
        if (item.String("maxDisclosure") is { } text && !Disclosures.TryParse(text, out disclosure))
            item.Errors.Add(item.Path("maxDisclosure"), "Choose count, initials or name.");
        var known = current.FirstOrDefault(known => known.Key == key);
        return new DraftRecipient(
            key ?? "",
            item.Line("name", CampaignLimits.RecipientName) ?? Missing<string>(item, "name") ?? "",
            ReadAddress(item, known),
            countries?.Distinct().ToList(),
            risk ?? "",
            disclosure
        )
        {
            Names = WordsFields.Read(item, "names", known?.Names, (entries, locale) =>
                entries.Line(locale, CampaignLimits.RecipientName)
            ),
            AnswerWithin = AnswerTermFields.Read(item, known?.AnswerWithin),
            Kind = RecipientFields.ReadKind(item, known),
            Locale = RecipientFields.ReadLocale(item, known),
            Profile = RecipientFields.ReadProfile(item, known),
        };
    }

    // An address from before the limits on lines stays valid until it is changed.
    private static string ReadAddress(JsonFields item, Recipient? current) =>
        item.String("address") is not { Length: > 0 } typed ? ""
        : typed == current?.Address ? typed
        : item.Address("address") ?? "";

    private static string? ReadTimeZone(JsonFields fields)
    {
        var zone = fields.String("timeZone");
        if (zone is null || CampaignFields.TimeZoneProblem(zone) is not { } problem)
            return zone;
        fields.Errors.Add("timeZone", problem);
        return null;
    }

    private static List<string>? ReadOrigins(JsonFields fields)
    {
        if (fields.Strings("allowedOrigins", CampaignLimits.MostOrigins) is not { } origins)
            return null;
        var normalised = new List<string>();
        foreach (var (index, typed) in origins.Index())
        {
            var origin = CampaignFields.Origin(typed);
            if (origin.Value is not null)
                normalised.Add(origin.Value);
            else
                fields.Errors.Add(
                    string.Create(CultureInfo.InvariantCulture, $"allowedOrigins[{index}]"),
                    origin.Problem!
                );
        }
        return [.. normalised.Distinct()];
    }

    private static string? CountryCode(JsonFields fields, string name)
    {
        var code = fields.String(name);
        if (CampaignFields.CountryProblem(code) is not { } problem)
            return code;
        if (!fields.Errors.Has(fields.Path(name)))
            fields.Errors.Add(fields.Path(name), problem);
        return null;
    }

    private static string? LocaleOf(JsonFields fields)
    {
        var locale = fields.String("locale");
        if (locale is null || CampaignFields.LocaleProblem(locale) is not { } problem)
            return locale;
        fields.Errors.Add(fields.Path("locale"), problem);
        return null;
    }

    /// <summary>
    /// Adds an error for a required field, unless the field has one already. Returns null.
    /// </summary>
    private static T? Missing<T>(JsonFields fields, string name)
    {
        if (!fields.Errors.Has(fields.Path(name)))
            fields.Errors.Add(fields.Path(name), "This is required.");
        return default;
    }
}
