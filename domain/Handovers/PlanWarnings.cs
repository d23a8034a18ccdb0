namespace Campaigns.Handovers;

/// <summary>
/// What in a plan does not fit how the recipient receives. Staff may know better, so none of it is
/// refused.
/// </summary>
public static class PlanWarnings
{
    /// <summary>The recipient wants to know earlier.</summary>
    public const string ShortNotice = "short-notice";

    /// <summary>The recipient does not receive on that day of the week.</summary>
    public const string WrongWeekday = "wrong-weekday";

    /// <summary>The delegation has more people than the recipient lets in.</summary>
    public const string TooManyPeople = "too-many-people";

    /// <summary>The recipient takes e-mail only.</summary>
    public const string EmailOnly = "email-only";

    /// <summary>The recipient takes no electronic signatures.</summary>
    public const string NoElectronicSignatures = "no-electronic-signatures";

    public static IReadOnlyList<string> All { get; } =
    [ShortNotice, WrongWeekday, TooManyPeople, EmailOnly, NoElectronicSignatures];

    /// <summary>The warnings of a plan, in the order of <see cref="All"/>.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="recipient">Null for one that the campaign no longer has.</param>
    /// <param name="state">The state of the hand-over: only a plan that is not carried out has
    /// warnings.</param>
    /// <param name="madeOn">The day on which the plan was made.</param>
    public static IReadOnlyList<string> Find(HandoverPlan plan, Recipient? recipient, string state, DateOnly madeOn) =>
        recipient is null || state is not (HandoverState.Planned or HandoverState.Attempted)
            ? []
            : [.. All.Where(warning => Applies(warning, plan, recipient, madeOn))];

    private static bool Applies(string warning, HandoverPlan plan, Recipient recipient, DateOnly madeOn)
    {
        var profile = recipient.Profile;
        return warning switch
        {
            ShortNotice => profile?.NoticeDays is { } days && plan.PlannedOn < madeOn.AddDays(days),
            WrongWeekday => profile?.Weekdays is { } weekdays
                && plan.PlannedOn is { } day
                && !weekdays.Contains(RecipientProfile.WeekdayOf(day)),
            TooManyPeople => profile?.Admits is { } admits && plan.Notes.Delegation?.Count > admits,
            EmailOnly => profile?.Media is [RecipientProfile.Email],
            NoElectronicSignatures => recipient.Kind == RecipientKind.ParliamentGb,
            _ => throw new ArgumentOutOfRangeException(nameof(warning)),
        };
    }
}
