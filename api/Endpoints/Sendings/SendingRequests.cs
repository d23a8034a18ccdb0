using System.Globalization;
using Campaigns.Sendings;

namespace Campaigns.Api.Endpoints.Sendings;

/// <summary>The language of a test.</summary>
internal sealed record TestUpdateRequest(string? Locale = null);

/// <summary>
/// Who gets an update, when, and with what subject. A missing part means all subscribers, at once,
/// the whole day, and a neutral subject.
/// </summary>
internal sealed record SendUpdateRequest(
    AudienceBody? Audience = null,
    DateTimeOffset? At = null,
    HoursBody? Hours = null,
    string? Subject = null
);

/// <summary>Countries and languages of subscribers; null means all.</summary>
internal sealed record AudienceBody(IReadOnlyList<string>? Countries = null, IReadOnlyList<string>? Locales = null);

/// <summary>From and to as 08:00 and 20:00, in the time zone of the campaign.</summary>
internal sealed record HoursBody(string From, string To)
{
    public const string Format = "HH:mm";

    public static HoursBody Of(SendingHours hours) => new(Text(hours.From), Text(hours.To));

    private static string Text(TimeOnly time) => time.ToString(Format, CultureInfo.InvariantCulture);
}

/// <summary>How many subscribers are in the audience now.</summary>
internal sealed record RecipientsView(long Recipients);

/// <summary>What the subject of a letter says.</summary>
internal static class SubjectWord
{
    public const string Neutral = "neutral";
    public const string Title = "title";
}
