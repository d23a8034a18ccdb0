
namespace Campaigns.Db.Operations;

/// <summary>
/// The content of a backup, written beside it. A restore compares its copy with it.
/// </summary>
public sealed record BackupManifest(
    DateTimeOffset CreatedAt,
    string Sha256,
    IReadOnlyList<BackupCount> Signatures,
    IReadOnlyList<BackupLedger> Ledgers
);
