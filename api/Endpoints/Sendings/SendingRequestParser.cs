using System.Globalization;
using Campaigns.Api.Http;
using Campaigns.Sendings;

namespace Campaigns.Api.Endpoints.Sendings;

/// <summary>Reads and checks how an update is to be sent.</summary>
internal static class SendingRequestParser
{
    private const int MostCountries = 300;
    private const int MostLocales = 100;

    public static Outcome<SendingOrder> Read(JsonFields fields, DateTimeOffset now)
    {
        fields.Only("audience", "at", "hours", "subject");
        var order = new SendingOrder
        {
            Audience = fields.Object("audience") is { } audience ? ReadAudience(audience) : Audience.All,
            At = ReadTime(fields, now),
            Hours = fields.Object("hours") is { } hours ? ReadHours(hours) : null,
            ShowsTitle = ReadSubject(fields) == SubjectWord.Title,
        };
        return fields.Errors.ToRefusal() is { } refusal ? refusal : order;
    }

    /// <summary>An audience from lists separated by commas, as an address has them.</summary>
    public static Outcome<Audience> Read(string? countries, string? locales)
    {
        var errors = new FieldErrors();
        var audience = new Audience(
            Check(Split(countries), "countries", errors, CampaignFields.CountryProblem),
            Check(Split(locales), "locales", errors, CampaignFields.LocaleProblem)
        );
        return errors.ToRefusal() is { } refusal ? refusal : audience;
    }

    private static Audience ReadAudience(JsonFields fields)
    {
        fields.Only("countries", "locales");
        return new Audience(
            Check(
                fields.Strings("countries", MostCountries),
                fields.Path("countries"),
                fields.Errors,
                CampaignFields.CountryProblem
            ),
            Check(
                fields.Strings("locales", MostLocales),
                fields.Path("locales"),
                fields.Errors,
                CampaignFields.LocaleProblem
            )
        );
    }

    private static List<string>? Check(
        IReadOnlyList<string>? values,
        string path,
        FieldErrors errors,
        Func<string, string?> problem
    )
    {
        if (values is null)
            return null;
        if (values.Count == 0)
            errors.Add(path, "This names at least one, or is left out for all.");
        if (values.Select(problem).FirstOrDefault(sentence => sentence is not null) is { } wrong)
            errors.Add(path, wrong);
        return [.. values.Distinct()];
    }

    private static DateTimeOffset? ReadTime(JsonFields fields, DateTimeOffset now)
    {
        if (fields.Moment("at") is not { } at)
            return null;
        if (SendingRules.TimeProblem(at, now) is { } problem)
            fields.Errors.Add("at", problem);
        return at;
    }

    private static SendingHours? ReadHours(JsonFields fields)
    {
        fields.Only("from", "to");
        if (ReadMinute(fields, "from") is not { } from || ReadMinute(fields, "to") is not { } to)
            return null;
        if (from == to)
            fields.Errors.Add(fields.Path("to"), "Between these hours there is no time.");
        return new SendingHours(from, to);
    }

    private static TimeOnly? ReadMinute(JsonFields fields, string name)
    {
        if (
            TimeOnly.TryParseExact(
                fields.String(name),
                HoursBody.Format,
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var time
            )
        )
            return time;
        if (!fields.Errors.Has(fields.Path(name)))
            fields.Errors.Add(fields.Path(name), "A time looks like 08:00.");
        return null;
    }

    private static string? ReadSubject(JsonFields fields)
    {
        var subject = fields.String("subject");
        if (subject is not (null or SubjectWord.Neutral or SubjectWord.Title))
            fields.Errors.Add("subject", $"Choose {SubjectWord.Neutral} or {SubjectWord.Title}.");
        return subject;
    }

    private static string[]? Split(string? list) =>
        list?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
