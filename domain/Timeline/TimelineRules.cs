namespace Campaigns.Timeline;

/// <summary>
/// Limits of entries of the timeline, and who writes which. Their states are in
/// <see cref="EntryLifecycle"/>.
/// </summary>
public static class TimelineRules
{
    public const int MostTexts = CampaignLimits.MostTexts;
    public const int MostFigures = 50;
    public const int MostSources = 50;

    // Lengths are in UTF-16 code units, as typed.
    public const int Title = 200;
    public const int Line = 200;
    public const int Prose = 20_000;
    public const int Url = 1_000;

    /// <summary>The largest number of a figure.</summary>
    public const decimal MostValue = 1_000_000_000_000_000;

    /// <summary>The most decimals of a figure.</summary>
    public const int MostDecimals = 6;

    private static readonly string[] _schemes = ["https", "http"];

    /// <summary>The state of a new entry: developments and events have no draft.</summary>
    public static string FirstState(EntryDraft draft) => draft is UpdateDraft ? EntryState.Draft : EntryState.Published;

    /// <summary>The kind of an entry.</summary>
    public static string KindOf(EntryDraft draft) =>
        draft switch
        {
            UpdateDraft => TimelineKind.Update,
            DevelopmentDraft => TimelineKind.Development,
            EventDraft => TimelineKind.Event,
            _ => throw new ArgumentOutOfRangeException(nameof(draft)),
        };

    /// <summary>
    /// Refuses what may not become or stay public: an update or development without a source.
    /// </summary>
    public static Refusal? RefusePublic(EntryDraft draft)
    {
        var sources = draft switch
        {
            UpdateDraft update => update.Sources,
            DevelopmentDraft development => development.Sources,
            _ => null,
        };
        return sources is { Count: 0 } ? Refusal.Validation("sources", "Nothing is published without a source.") : null;
    }

    /// <summary>
    /// True if staff with this scope see an entry. A null scope sees every one; an organiser those
    /// that organisers of the same countries wrote.
    /// </summary>
    /// <param name="countries">The countries of the organiser who wrote it; null for an entry of a
    /// campaigner.</param>
    /// <param name="scope">The countries of the member; null for all.</param>
    public static bool IsInScope(IReadOnlyList<string>? countries, IReadOnlyList<string>? scope) =>
        scope is null || countries?.All(scope.Contains) == true;

    /// <summary>
    /// True if staff with this scope may change an entry that they see. An organiser changes drafts
    /// only.
    /// </summary>
    public static bool IsWritable(string state, IReadOnlyList<string>? scope) =>
        scope is null || state == EntryState.Draft;

    /// <summary>What is wrong with the day of an entry; null if nothing is.</summary>
    public static string? DayProblem(string kind, DateOnly on, DateOnly today) =>
        kind != TimelineKind.Event && on > today ? "This day is in the future." : null;

    /// <summary>What is wrong with a kind of source; null if nothing is.</summary>
    public static string? SourceKindProblem(string? kind) =>
        kind is not null && SourceKind.All.Contains(kind) ? null : $"Choose among {string.Join(", ", SourceKind.All)}.";

    /// <summary>What is wrong with the address of a source; null if nothing is.</summary>
    public static string? UrlProblem(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && _schemes.Contains(uri.Scheme)
        && uri.Host.Length > 0
        && uri.UserInfo.Length == 0
        && !url.Any(char.IsWhiteSpace)
            ? null
            : "An address looks like https://example.org/report.";

    /// <summary>What is wrong with the number of a figure; null if nothing is.</summary>
    public static string? ValueProblem(decimal value) =>
        Math.Abs(value) <= MostValue && decimal.Round(value, MostDecimals) == value
            ? null
            : FormattableString.Invariant(
                $"This must be a number up to {MostValue} with at most {MostDecimals} decimals."
            );
}
