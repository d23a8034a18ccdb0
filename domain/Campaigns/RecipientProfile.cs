namespace Campaigns;

/// <summary>How a recipient receives; null where staff did not say.</summary>
/// <param name="NoticeDays">How many days before a hand-over it wants to know.</param>
/// <param name="Admits">How many people it lets in.</param>
/// <param name="Media">The media it takes, of <see cref="AllMedia"/>.</param>
/// <param name="Weekdays">The days on which it receives, of <see cref="AllWeekdays"/>.</param>
/// <param name="Note">What else staff should know.</param>
public sealed record RecipientProfile(
    int? NoticeDays,
    int? Admits,
    IReadOnlyList<string>? Media,
    IReadOnlyList<string>? Weekdays,
    string? Note
)
{
    public const int MostNoticeDays = 365;
    public const int MostAdmitted = 1_000;
    public const int NoteLength = 2_000;

    /// <summary>The medium that needs no hand-over in person.</summary>
    public const string Email = "email";

    public static IReadOnlyList<string> AllMedia { get; } = ["paper", "medium", Email];

    public static IReadOnlyList<string> AllWeekdays { get; } = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    public bool IsEmpty => (NoticeDays, Admits, Media, Weekdays, Note) is (null, null, null, null, null);

    /// <summary>The word of a day, of <see cref="AllWeekdays"/>.</summary>
    public static string WeekdayOf(DateOnly day) => AllWeekdays[((int)day.DayOfWeek + 6) % 7];
}
