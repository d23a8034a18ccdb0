using Campaigns.Db.Handovers;
using Campaigns.Db.Keys;
using Dapper;

namespace Campaigns.Db.Operations.KeyRotation;

/// <summary>
/// Re-encrypts the notes of hand-overs and attempts and the keys of evidence, as
/// <see cref="ReencryptionStore"/> does signatures.
/// </summary>
public sealed class HandoverReencryption(Database database, KeyRing keys)
{
    private static readonly EncryptedTable _plans = new(HandoverEncryption.Handovers, "place", "delegation", "note");

    private static readonly EncryptedTable _attempts = new(
        HandoverEncryption.Attempts,
        "place",
        "carried_by",
        "reference",
        "note"
    );

    private static readonly EncryptedTable _evidence = new(EvidenceStore.Table, "file_key");

    /// <summary>Processes the next page of hand-overs.</summary>
    public Task<ReencryptionPage> HandoversAsync(long after, CancellationToken cancellationToken) =>
        RunAsync(_plans, after, cancellationToken);

    /// <summary>Processes the next page of attempts.</summary>
    public Task<ReencryptionPage> AttemptsAsync(long after, CancellationToken cancellationToken) =>
        RunAsync(_attempts, after, cancellationToken);

    /// <summary>Processes the next page of the keys of evidence.</summary>
    public Task<ReencryptionPage> EvidenceAsync(long after, CancellationToken cancellationToken) =>
        RunAsync(_evidence, after, cancellationToken);

    private Task<ReencryptionPage> RunAsync(EncryptedTable table, long after, CancellationToken cancellationToken)
    {
        List<IDictionary<string, object?>> rows;
        using (var connection = database.Read())
            rows =
            [
                .. connection
                    .Query(table.Select, new { after, ReencryptionStore.Size })
                    .Cast<IDictionary<string, object?>>(),
            ];
        var changes = new ReencryptionBatch(keys.Encryptor);
        foreach (var row in rows)
            changes.TryRow(() =>
            {
                foreach (var (column, update) in table.Updates)
                    changes.Reencrypt(update, table.Name, column, 0, (long)row["id"]!, (byte[]?)row[column]);
            });
        return changes.ApplyAsync(
            database,
            rows.Count == ReencryptionStore.Size ? (long)rows[^1]["id"]! : null,
            cancellationToken
        );
    }

    private sealed class EncryptedTable(string name, params string[] columns)
    {
        public string Name => name;

        public string Select { get; } =
            $"SELECT id, {string.Join(", ", columns)} FROM {name} WHERE id > @after ORDER BY id LIMIT @Size";

        public IReadOnlyDictionary<string, string> Updates { get; } =
            columns.ToDictionary(
                column => column,
                column => $"UPDATE {name} SET {column} = @Fresh WHERE id = @Id AND {column} = @Was"
            );
    }
}
