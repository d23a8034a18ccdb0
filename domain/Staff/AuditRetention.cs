namespace Campaigns.Staff;

/// <summary>How long lines of the audit trail stay.</summary>
public static class AuditRetention
{
    /// <summary>How long a line about a sign-in stays.</summary>
    public static readonly TimeSpan SignInsStay = TimeSpan.FromDays(90);

    /// <summary>
    /// How long what a member signed in with stays after the end of the access: address, passkeys,
    /// secrets, devices, and the lines about sign-ins.
    /// </summary>
    public static readonly TimeSpan EndedMemberStays = TimeSpan.FromDays(30);

    // Operators may let lines stay longer.
    private const int LeastDays = 365;

    /// <summary>
    /// The actions that are about a sign-in. A trigger of the database has the same list.
    /// </summary>
    public static IReadOnlyList<string> SignIns { get; } =
    ["session.start", "session.new-device", "session.end", "sign-in.fail", "sign-in.lock", "recovery-code.use"];

    /// <summary>
    /// True if a line of this day may be deleted already, when the newest line is of
    /// <paramref name="newestDay"/>. The trigger of the database has the same limits.
    /// </summary>
    public static bool MayBeDeleted(long day, bool isSignIn, long newestDay) =>
        day <= newestDay - (isSignIn ? EndedMemberStays.Days : LeastDays);
}
