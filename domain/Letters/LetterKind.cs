namespace Campaigns.Letters;

/// <summary>The kinds of letter, spelled as in the database.</summary>
public static class LetterKind
{
    public const string Confirm = "confirm";
    public const string Manage = "manage";
    public const string AlreadySigned = "already-signed";

    /// <summary>Asks the owner of an address whether they want updates.</summary>
    public const string Subscription = "subscription";
}
