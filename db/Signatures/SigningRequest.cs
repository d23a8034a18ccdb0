using System.Buffers.Binary;
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
/// <param name="Row">The row.</param>
/// <param name="Hold">The reason to put it on hold; null for none.</param>
/// <param name="TakesLetters">False if its mailbox may get no more letters for a time.</param>
/// <param name="Request">The request.</param>
internal sealed record AcceptedSignature(PreparedSignature Row, string? Hold, bool TakesLetters, SigningRequest Request)
{
    /// <summary>The wave of a signature that a network limit holds; null for any other.</summary>
    public long? Wave { get; init; }

    /// <summary>Equal for all requests of one address.</summary>
    public (long Campaign, UInt128 Index) Address { get; } =
        (Row.CampaignId, BinaryPrimitives.ReadUInt128BigEndian(Row.BlindIndex));

    /// <summary>Equal for all requests of one mailbox in one campaign.</summary>
    public (long Campaign, UInt128 Number) Mailbox { get; } = (Row.CampaignId, Row.Mailbox.Number);
}
