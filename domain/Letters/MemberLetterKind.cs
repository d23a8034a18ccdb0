namespace Campaigns.Letters;

/// <summary>The kinds of letter to members of staff, spelled as in the database.</summary>
public static class MemberLetterKind
{
    /// <summary>Asks the owner of an address to confirm it.</summary>
    public const string Confirm = "confirm-address";

    /// <summary>Tells the earlier address that another one replaced it.</summary>
    public const string Changed = "address-changed";

    /// <summary>Tells a member of a link that replaces the sign-in.</summary>
    public const string Reset = "sign-in-reset";

    /// <summary>Brings the link of an invitation.</summary>
    public const string Invitation = "invitation";

    /// <summary>Reminds of the last day of an answer to a hand-over.</summary>
    public const string AnswerDue = "answer-due";

    /// <summary>Says that an answer to a hand-over is overdue.</summary>
    public const string AnswerOverdue = "answer-overdue";

    /// <summary>Shows a member an update as subscribers get it.</summary>
    public const string UpdateTest = "update-test";
}
