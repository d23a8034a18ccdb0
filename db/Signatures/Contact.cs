
namespace Campaigns.Db.Signatures;

/// <summary>
/// The address as the signer typed it, and the normalised form that the commitment covers.
/// </summary>
public sealed record Contact(string Email, string Normalised);
