using Campaigns.Api.Endpoints.Packets;
using Campaigns.Db.Signatures;

namespace Campaigns.Api.StaffConsole.Signatures;

/// <summary>What a member looked for, and what came of it.</summary>
public sealed record SignatureSearch
{
    /// <summary>A refused address as it was typed, so that it can be corrected.</summary>
    public string? Email { get; init; }
    public string? Id { get; init; }
    public string? Packet { get; init; }
    public PacketLineQuery Line { get; init; } = new(null, null, null);

    /// <summary>The field that is wrong, and the key of its sentence.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Wrong { get; init; } = [];

    /// <summary>
    /// The signatures of the address; null where none was asked for.
    /// </summary>
    public IReadOnlyList<ListedSignature>? Found { get; init; }

    /// <summary>The status of the answer.</summary>
    public int Status { get; init; } = StatusCodes.Status200OK;

    public static SignatureSearch Refused(string field, string sentence, int status) =>
        new() { Wrong = [new(field, sentence)], Status = status };
}
