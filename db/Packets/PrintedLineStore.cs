using Campaigns.Db.Files;
using Campaigns.Packets;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Packets;

/// <summary>Finds the signatures on the printed lines of packets.</summary>
public sealed class PrintedLineStore(Database database, PacketFolder folder)
{
    private const string SelectLineFile =
        "SELECT line_key, manifest_jws AS jws FROM packets WHERE id = @Id AND attempt = @Attempt";

    private const string SelectSigner = """
        SELECT state, hold_reason, invalid_reason FROM signatures WHERE campaign_id = @CampaignId AND id = @id
        """;

    /// <summary>
    /// The signature on a printed line. Refused with <c>validation</c> on the parameter that the
    /// packet does not have, with <c>packet-not-ready</c> or <c>packet-ended</c>, and with
    /// <c>not-found</c> where the lines were not stored or the signature is not known any more.
    /// </summary>
    public Outcome<PrintedLine> Find(Packet packet, string country, int volume, long line)
    {
        if (PacketLifecycle.Find(packet.Status, PacketAct.FindLine).Refusal is { } refusal)
            return refusal;
        if (packet.Manifest is not { } manifest)
            return Refusal.NotFound;
        var place = PacketRules.FindLine(packet.Countries, manifest.Counts, country, volume, line);
        if (place.Refusal is { } wrong)
            return wrong;
        using var connection = database.Read();
        if (connection.QuerySingleOrDefault<LineFileRow>(SelectLineFile, packet) is not { } row)
            return Refusal.NotFound;
        var key = PrintedLines.DeriveKey(
            database.Keys.Encryptor.Decrypt("packets", "line_key", packet.Id, row.LineKey),
            packet.Attempt,
            row.Jws
        );
        var path = folder.File(PacketFolder.LinesName(packet.Id, packet.Attempt));
        if (PrintedLines.Find(path, key, place.Value) is not { } id)
            return Refusal.NotFound;
        var signer = connection.QuerySingleOrDefault<SignerRow>(SelectSigner, new { packet.CampaignId, id });
        return signer is null
            ? Refusal.NotFound
            : new PrintedLine
            {
                Signature = id,
                State = SignatureState.Bucket(signer.State, signer.HoldReason is not null),
                Reason = signer.InvalidReason,
            };
    }

    private sealed class LineFileRow
    {
        public required byte[] LineKey { get; init; }
        public required string Jws { get; init; }
    }

    private sealed class SignerRow
    {
        public required string State { get; init; }
        public required string? HoldReason { get; init; }
        public required string? InvalidReason { get; init; }
    }
}
