namespace Campaigns.Sendings;

/// <summary>When an update may be sent, and when a sending pauses by itself.</summary>
public static class SendingRules
{
    /// <summary>The most days ahead that a sending can be scheduled.</summary>
    public const int MostDaysAhead = 90;

    /// <summary>The first letters of a sending, whose refusals are watched.</summary>
    public const int WatchedLetters = 1000;

    // 5 in 100; a handful of refusals says nothing about a small audience.
    private const int PercentOfRefusals = 5;
    private const int FewRefusals = 5;

    /// <summary>
    /// After a longer pause between two groups of letters the pace starts again.
    /// </summary>
    public static readonly TimeSpan UnbrokenFor = TimeSpan.FromMinutes(1);

    /// <summary>
    /// True if so many of the first letters were refused for good that the list must be bad.
    /// </summary>
    /// <param name="refused">Of the first <see cref="WatchedLetters"/>, those given up.</param>
    /// <param name="audience">The subscribers in the audience.</param>
    public static bool HasTooManyRefusals(long refused, long audience) =>
        refused > Math.Max(FewRefusals, Math.Min(audience, WatchedLetters) * PercentOfRefusals / 100);

    /// <summary>
    /// Refuses an order for a campaign whose titles must not stand on locked screens.
    /// </summary>
    public static Refusal? RefuseSubject(bool showsTitle, bool sensitive) =>
        showsTitle && sensitive
            ? Refusal.Validation("subject", "The letters of a sensitive campaign have a neutral subject.")
            : null;

    /// <summary>What is wrong with the time of a sending; null if nothing is.</summary>
    public static string? TimeProblem(DateTimeOffset at, DateTimeOffset now) =>
        at > now.AddDays(MostDaysAhead) ? $"Choose a time within {MostDaysAhead} days." : null;

    /// <summary>
    /// How many letters a minute, over an unbroken stretch; null if it is too short.
    /// </summary>
    public static long? PerMinute(long done, TimeSpan stretch) =>
        stretch > TimeSpan.FromSeconds(1) ? (long)Math.Round(done / stretch.TotalMinutes) : null;

    /// <summary>The minutes left at this pace, rounded up; null if it is not known.</summary>
    public static long? MinutesLeft(SendingProgress progress, long? perMinute) =>
        perMinute is > 0 ? (Math.Max(0, progress.Total - progress.Done) + perMinute - 1) / perMinute : null;
}
