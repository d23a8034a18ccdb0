namespace Campaigns.Db.SignIn;

/// <summary>
/// How a member signs in. ASP.NET Core Identity reads and changes it; a change is stored by
/// <see cref="AccountStore.UpdateAsync"/>.
/// </summary>
public sealed class StaffAccount
{
    public required long StaffId { get; init; }

    /// <summary>The member's name.</summary>
    public required string Name { get; init; }

    /// <summary>Grows with each stored change, so that no change is lost to another one.</summary>
    public required long Version { get; set; }

    /// <summary>The address as typed, which is the name to sign in with.</summary>
    public string? Address { get; set; }

    /// <summary>When a letter proved the address; no other letter goes to it before.</summary>
    public DateTimeOffset? ConfirmedAt { get; set; }

    /// <summary>
    /// The address that replaces this one once its owner confirms it; null if none waits.
    /// </summary>
    public string? PendingAddress { get; set; }

    /// <summary>The hash of the link that confirms it.</summary>
    public byte[]? PendingHash { get; set; }

    /// <summary>When that link stops working.</summary>
    public DateTimeOffset? PendingUntil { get; set; }

    /// <summary>The language of letters to the member.</summary>
    public string Locale { get; set; } = Locales.Default;
    public string? PasswordHash { get; set; }

    /// <summary>The secret that the member's authenticator shares (RFC 6238).</summary>
    public byte[]? Authenticator { get; set; }

    /// <summary>When the member proved to have the authenticator; null before.</summary>
    public DateTimeOffset? AuthenticatorAt { get; set; }

    /// <summary>The time step of the last accepted code: a code works once.</summary>
    public long? AuthenticatorStep { get; set; }

    /// <summary>Changes with everything that should end sessions and started sign-ins.</summary>
    public required string Stamp { get; set; }
    public required int Failures { get; set; }
    public DateTimeOffset? LockedUntil { get; set; }

    /// <summary>
    /// True if password or authenticator are others than those stored, which then never work again.
    /// </summary>
    public bool SignInChanged { get; set; }

    /// <summary>True if an authenticator is set up and proved.</summary>
    public bool HasAuthenticator => Authenticator is not null && AuthenticatorAt is not null;
}
