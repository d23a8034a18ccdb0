using Campaigns.Api.Http;
using Campaigns.Db.Handovers;

namespace Campaigns.Api.Endpoints.Campaigns;

/// <summary>Reads how long a recipient has to answer.</summary>
internal static class AnswerTermFields
{
    private const string Name = "answerWithin";

    /// <summary>
    /// The term of a recipient. Missing keeps the term it has, because clients that do not know the
    /// field send the other fields of every recipient; null is the campaign's.
    /// </summary>
    public static AnswerTerm? Read(JsonFields recipient, AnswerTerm? current)
    {
        if (recipient.Object(Name) is not { } fields)
            return recipient.IsNull(Name) ? null : current;
        fields.Only("days", "kind", "holidays");
        var days = fields.Integer("days", 1, CampaignLimits.MostDays);
        if (days is null)
            Add(fields, "days", "This is required.");
        var kind = fields.String("kind");
        if (AnswerTerm.KindProblem(kind) is { } problem)
            Add(fields, "kind", problem);
        var holidays = fields.String("holidays");
        if (kind == AnswerTerm.Working && (holidays is null || !HolidayCalendar.Countries.Contains(holidays)))
            Add(fields, "holidays", "Name a country whose public holidays are known, such as GB.");
        if (kind == AnswerTerm.Calendar && holidays is not null)
            Add(fields, "holidays", "Calendar days have no holidays.");
        return new AnswerTerm(days ?? 1, kind ?? "", holidays);
    }

    private static void Add(JsonFields fields, string name, string sentence)
    {
        if (!fields.Errors.Has(fields.Path(name)))
            fields.Errors.Add(fields.Path(name), sentence);
    }
}
