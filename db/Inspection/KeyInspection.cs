using System.Data.Common;
using System.Security.Cryptography;
using Campaigns.Crypto;
using Campaigns.Db.Keys;
using Dapper;

namespace Campaigns.Db.Inspection;

/// <summary>Reads the key files, and compares them with the database.</summary>
/// <param name="database">Opens the database, which may be impossible while files can be
/// read.</param>
/// <param name="folder">The folder of the keys.</param>
public sealed class KeyInspection(Func<InspectedDatabase> database, string folder)
{
    private const int SampleSize = 20;

    // The newest and the oldest rows, which may need different versions of the key.
    private const string Sample = """
        SELECT id, contact FROM signatures WHERE campaign_id = @campaign AND contact IS NOT NULL ORDER BY id
        """;

    /// <summary>
    /// The kinds of keys without a file. Throws <see cref="KeysRefusedException"/> when a file or
    /// the folder is not private or cannot be read.
    /// </summary>
    public IReadOnlyList<string> FindMissing()
    {
        var files = new KeyFiles(folder);
        return [.. KeyFiles.Kinds.Where(kind => files.Versions(kind).Count == 0)];
    }

    /// <summary>
    /// Throws <see cref="KeysRefusedException"/> when the files are not the keys of this database.
    /// </summary>
    public void Compare()
    {
        using var connection = database().Read();
        KeyRing.Check(folder, connection);
    }

    /// <summary>
    /// Decrypts some rows of each campaign. Returns how many, and how many of them failed.
    /// </summary>
    public (int Rows, int Failed) DecryptSample()
    {
        using var connection = database().Read();
        var encryptor = new FieldEncryptor(new KeyFiles(folder).Versions(KeyFiles.Root), _ => null);
        var sampled = new HashSet<long>();
        var failed = 0;
        foreach (var row in ReadSample(connection).Where(row => sampled.Add(row.Id)))
        {
            try
            {
                encryptor.Decrypt("signatures", "contact", row.Id, row.Contact);
            }
            catch (CryptographicException)
            {
                failed++;
            }
        }
        return (sampled.Count, failed);
    }

    private static IEnumerable<EncryptedRow> ReadSample(DbConnection connection)
    {
        string[] orders = ["", " DESC"];
        return connection
            .Query<long>("SELECT id FROM campaigns ORDER BY id")
            .ToList()
            .SelectMany(campaign =>
                orders.SelectMany(order =>
                    connection.Query<EncryptedRow>($"{Sample}{order} LIMIT {SampleSize}", new { campaign })
                )
            );
    }

    private sealed class EncryptedRow
    {
        public required long Id { get; init; }
        public required byte[] Contact { get; init; }
    }
}
