namespace Campaigns.Db.Signatures;

/// <summary>A change by the signer; null leaves the value unchanged.</summary>
public sealed record SignatureChange(
    Disclosure? Disclosure = null,
    bool? Updates = null,
    ChangedText? Name = null,
    ChangedText? Locality = null
)
{
    public static readonly SignatureChange None = new();
}
