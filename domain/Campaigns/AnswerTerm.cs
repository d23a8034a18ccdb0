namespace Campaigns;

/// <summary>How long a recipient has to answer, from the day of delivery.</summary>
/// <param name="Days">At least one.</param>
/// <param name="Kind"><see cref="Calendar"/> or <see cref="Working"/>.</param>
/// <param name="Holidays">The country whose working days count; null for calendar days.</param>
public sealed record AnswerTerm(int Days, string Kind, string? Holidays)
{
    public const string Calendar = "calendar";
    public const string Working = "working";

    public static AnswerTerm OfDays(int days) => new(days, Calendar, null);

    /// <summary>
    /// The term of a recipient: its own, otherwise the campaign's. Null if neither has one.
    /// </summary>
    public static AnswerTerm? Of(Campaign campaign, string recipient) =>
        campaign.Recipients.FirstOrDefault(one => one.Key == recipient)?.AnswerWithin
        ?? (campaign.AnswerWithinDays is { } days ? OfDays(days) : null);

    /// <summary>What is wrong with a kind; null if nothing is.</summary>
    public static string? KindProblem(string? kind) =>
        kind is Calendar or Working ? null : $"Choose {Calendar} or {Working}.";
}
