namespace Campaigns.Db.SignIn;

/// <summary>What a person gives when joining: an address, and a password or a passkey.</summary>
/// <param name="Address">The address as typed.</param>
/// <param name="PasswordHash">Null with a passkey.</param>
/// <param name="Passkey">Null with a password.</param>
/// <param name="Locale">The language of the page, for letters.</param>
public sealed record Joining(
    string Address,
    string? PasswordHash,
    NewPasskey? Passkey,
    string Locale = Locales.Default
);
