
namespace Campaigns.Db.Signatures;

/// <summary>The name and place that a signer typed.</summary>
public sealed record Person(string? Name, string? Locality);
