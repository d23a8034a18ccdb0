namespace Campaigns.Packets;

/// <summary>Why a packet shows less of signers than was asked for.</summary>
public static class LineLimit
{
    /// <summary>The signers chose less.</summary>
    public const string Choice = "choice";

    /// <summary>The recipient may see less.</summary>
    public const string Recipient = "recipient";

    /// <summary>The recipient was added to the form after the signers chose.</summary>
    public const string AddedLater = "recipient-added-later";

    /// <summary>The data of the signers was erased; their lines still count.</summary>
    public const string Erased = "erased";

    public static IReadOnlyList<string> All { get; } = [Choice, Recipient, AddedLater, Erased];
}
