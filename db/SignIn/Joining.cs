namespace Campaigns.Db.SignIn;

/// <summary>What a person gives when joining: an address, and a password or a passkey.</summary>
public sealed record Joining(string Address, string? PasswordHash, NewPasskey? Passkey);
