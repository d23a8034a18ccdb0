using System.Security.Cryptography;
using Campaigns.Crypto;
using Dapper;

namespace Campaigns.Db.Operations.KeyRotation;

/// <summary>A changed value with the one it replaces.</summary>
internal sealed record ReencryptedValue(
    long CampaignId,
    long Id,
    byte[] Was,
    byte[] Fresh,
    int Version = 0,
    byte[]? Folded = null,
    string? Day = null
);

/// <summary>Collects the changes of one page, by their SQL text.</summary>
internal sealed class ReencryptionBatch(FieldEncryptor encryptor)
{
    private bool _renewed;

    public Dictionary<string, List<ReencryptedValue>> BySql { get; } = [];

    public int Renewed { get; private set; }

    public int Damaged { get; private set; }

    /// <summary>
    /// Counts a damaged row and continues, so that it does not leave all others under an old key.
    /// </summary>
    public void TryRow(Action renew)
    {
        _renewed = false;
        try
        {
            renew();
        }
        catch (CryptographicException)
        {
            Damaged++;
        }
        if (_renewed)
            Renewed++;
    }

    public void Reencrypt(
        string sql,
        string table,
        string column,
        long campaignId,
        long id,
        byte[]? value,
        string? day = null
    )
    {
        if (value is null || !encryptor.IsOld(value))
            return;
        Add(
            sql,
            new ReencryptedValue(
                campaignId,
                id,
                value,
                encryptor.Encrypt(table, column, id, encryptor.Decrypt(table, column, id, value)),
                Day: day
            )
        );
    }

    /// <summary>Writes the changes; returns the page that they were of.</summary>
    public async Task<ReencryptionPage> ApplyAsync(Database database, long? last, CancellationToken cancellationToken)
    {
        if (Renewed > 0)
            await database.Writes.RunAsync(
                write =>
                {
                    foreach (var (sql, rows) in BySql)
                        write.Connection.Execute(sql, rows);
                    return true;
                },
                cancellationToken
            );
        return new ReencryptionPage(last, Renewed, Damaged);
    }

    public void Add(string sql, ReencryptedValue change)
    {
        if (BySql.TryGetValue(sql, out var changes))
            changes.Add(change);
        else
            BySql.Add(sql, [change]);
        _renewed = true;
    }
}
