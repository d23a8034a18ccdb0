using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;

namespace Campaigns.Api.StaffConsole.Account;

/// <summary>Everything about a member's own access, for the screen and the JSON.</summary>
/// <param name="Current">The session of this request.</param>
/// <param name="Account">How the member signs in; null for one who has tokens only.</param>
/// <param name="Sessions">Where the member is signed in.</param>
/// <param name="Passkeys">The member's passkeys.</param>
/// <param name="Tokens">The member's tokens.</param>
/// <param name="Calendars">The member's addresses for calendar programs.</param>
/// <param name="RecoveryCodes">How many recovery codes are left.</param>
/// <param name="EmailLetter">The state of the letter about a pending address; null without
/// one.</param>
/// <param name="Events">What happened to the access, newest first.</param>
public sealed record AccountView(
    StaffSession Current,
    StaffAccount? Account,
    IReadOnlyList<StaffSession> Sessions,
    IReadOnlyList<Passkey> Passkeys,
    IReadOnlyList<StaffToken> Tokens,
    IReadOnlyList<StaffCalendar> Calendars,
    int RecoveryCodes,
    string? EmailLetter,
    IReadOnlyList<AuditEntry> Events
)
{
    /// <summary>True once the member can prove a second factor; a passkey is one.</summary>
    public bool HasSecondFactor => Account?.HasAuthenticator == true || Passkeys.Count > 0;

    /// <summary>True for the passkey without which the member could not prove one.</summary>
    public bool IsOnlySecondFactor(long passkey) =>
        Account?.HasAuthenticator != true && Passkeys.Count == 1 && Passkeys[0].Id == passkey;
}
