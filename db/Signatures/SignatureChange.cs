
namespace Campaigns.Db.Signatures;

/// <summary>A change by the signer; null leaves the value unchanged.</summary>
public sealed record SignatureChange(Disclosure? Disclosure, bool? Updates);
