using System.Net;
using Campaigns.Signatures;

namespace Campaigns.Db.Signatures;

/// <summary>A request to sign, prepared before it is queued.</summary>
internal sealed record SigningRequest(
    Campaign Campaign,
    NewSignature Signature,
    IPAddress? Network,
    PreparedSignature Prepared
);

/// <summary>A request that the campaign accepts, and the row it would insert.</summary>
internal sealed record AcceptedSignature(PreparedSignature Row, string? Hold, SigningRequest Request)
{
    /// <summary>The wave of a signature that a network limit holds; null for any other.</summary>
    public long? Wave { get; init; }

    /// <summary>Equal for all requests of one address.</summary>
    public (long Campaign, string Index) Address { get; } = (Row.CampaignId, Convert.ToHexString(Row.Candidates[0]));
}
