using System.Text;
using Campaigns.Db.Keys;
using Campaigns.Db.SignIn;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Operations.KeyRotation;

/// <summary>
/// Re-encrypts and re-indexes the accounts of staff and the letters to them, as
/// <see cref="ReencryptionStore"/> does signatures.
/// </summary>
public sealed class AccountReencryption(Database database, KeyRing keys)
{
    private const string Select = """
        SELECT staff_id, address, address_index, index_version, pending_address, authenticator FROM staff_accounts
        WHERE staff_id > @after ORDER BY staff_id LIMIT @Size
        """;

    private const string UpdateAddress =
        "UPDATE staff_accounts SET address = @Fresh WHERE staff_id = @Id AND address = @Was";

    private const string UpdatePending =
        "UPDATE staff_accounts SET pending_address = @Fresh WHERE staff_id = @Id AND pending_address = @Was";

    private const string UpdateAuthenticator =
        "UPDATE staff_accounts SET authenticator = @Fresh WHERE staff_id = @Id AND authenticator = @Was";

    private const string UpdateIndex = """
        UPDATE staff_accounts SET address_index = @Fresh, index_version = @Version
        WHERE staff_id = @Id AND address_index = @Was
        """;

    private const string SelectLetters = """
        SELECT id, address, token FROM staff_letters WHERE id > @after AND address IS NOT NULL ORDER BY id LIMIT @Size
        """;

    private const string UpdateLetter = "UPDATE staff_letters SET address = @Fresh WHERE id = @Id AND address = @Was";

    private const string UpdateToken = "UPDATE staff_letters SET token = @Fresh WHERE id = @Id AND token = @Was";

    /// <summary>Processes the next page of accounts.</summary>
    public Task<ReencryptionPage> AccountsAsync(long after, CancellationToken cancellationToken)
    {
        List<AccountRow> rows;
        using (var connection = database.Read())
            rows = connection.Query<AccountRow>(Select, new { after, ReencryptionStore.Size }).ToList();
        var changes = new ReencryptionBatch(keys.Encryptor);
        foreach (var row in rows)
            changes.TryRow(() => Renew(changes, row));
        return changes.ApplyAsync(
            database,
            rows.Count == ReencryptionStore.Size ? rows[^1].StaffId : null,
            cancellationToken
        );
    }

    /// <summary>Processes the next page of letters to members that wait.</summary>
    public Task<ReencryptionPage> LettersAsync(long after, CancellationToken cancellationToken)
    {
        List<LetterRow> rows;
        using (var connection = database.Read())
            rows = connection.Query<LetterRow>(SelectLetters, new { after, ReencryptionStore.Size }).ToList();
        var changes = new ReencryptionBatch(keys.Encryptor);
        foreach (var row in rows)
            changes.TryRow(() =>
            {
                changes.Reencrypt(UpdateLetter, MemberLetterStore.Table, "address", 0, row.Id, row.Address);
                changes.Reencrypt(UpdateToken, MemberLetterStore.Table, "token", 0, row.Id, row.Token);
            });
        return changes.ApplyAsync(
            database,
            rows.Count == ReencryptionStore.Size ? rows[^1].Id : null,
            cancellationToken
        );
    }

    private void Renew(ReencryptionBatch changes, AccountRow row)
    {
        const string Table = AccountStore.Table;
        changes.Reencrypt(UpdateAddress, Table, "address", 0, row.StaffId, row.Address);
        changes.Reencrypt(UpdatePending, Table, "pending_address", 0, row.StaffId, row.PendingAddress);
        changes.Reencrypt(UpdateAuthenticator, Table, "authenticator", 0, row.StaffId, row.Authenticator);
        var index = keys.BlindIndex;
        if (row.AddressIndex is null || row.IndexVersion >= index.Version)
            return;
        var address = Encoding.UTF8.GetString(keys.Encryptor.Decrypt(Table, "address", row.StaffId, row.Address!));
        var fresh = index.Compute(AccountStore.IndexScope, EmailAddress.Parse(address).Address!.Normalised);
        changes.Add(UpdateIndex, new ReencryptedValue(0, row.StaffId, row.AddressIndex, fresh, index.Version));
    }

    private sealed class AccountRow
    {
        public required long StaffId { get; init; }
        public required byte[]? Address { get; init; }
        public required byte[]? AddressIndex { get; init; }
        public required long? IndexVersion { get; init; }
        public required byte[]? PendingAddress { get; init; }
        public required byte[]? Authenticator { get; init; }
    }

    private sealed class LetterRow
    {
        public required long Id { get; init; }
        public required byte[]? Address { get; init; }
        public required byte[]? Token { get; init; }
    }
}
