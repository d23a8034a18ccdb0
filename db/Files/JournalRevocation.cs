namespace Campaigns.Db.Files;

/// <summary>
/// An end of access of staff, which a restored backup must not bring back. <c>Kind</c> is one of
/// the constants.
/// </summary>
/// <param name="At">When it ended.</param>
/// <param name="Kind">What ended.</param>
/// <param name="Id">The id of what ended; for <see cref="SignIn"/> that of the member.</param>
public sealed record JournalRevocation(DateTimeOffset At, string Kind, long Id)
{
    /// <summary>
    /// A member with everything they had; the name is from when a member had one token.
    /// </summary>
    public const string Member = "revoke-token";
    public const string Token = "end-token";
    public const string Session = "end-session";
    public const string Calendar = "end-calendar";
    public const string Invitation = "end-invitation";
    public const string Passkey = "end-passkey";

    /// <summary>
    /// The password or the authenticator of a member: the ones before no longer work.
    /// </summary>
    public const string SignIn = "change-sign-in";

    public static IReadOnlyList<string> Kinds { get; } =
    [Member, Token, Session, Calendar, Invitation, Passkey, SignIn];
}
