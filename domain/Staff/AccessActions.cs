namespace Campaigns.Staff;

/// <summary>The actions of the audit trail that a member sees on the own page.</summary>
public static class AccessActions
{
    /// <summary>What the member did, or was tried with the member's address.</summary>
    public static IReadOnlyList<string> Own { get; } =
    [
        .. AuditRetention.SignIns,
        "invitation.use",
        "address.request",
        "address.confirm",
        "password.set",
        "authenticator.set",
        "recovery-code.add",
        "passkey.add",
        "passkey.end",
        "token.add",
        "token.end",
        "calendar.add",
        "calendar.end",
    ];

    /// <summary>What an administrator or the operator did to the member.</summary>
    public static IReadOnlyList<string> About { get; } = ["staff.add", "staff.change"];
}
