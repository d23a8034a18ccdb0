using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Db.Staff;
using Dapper;
using Microsoft.AspNetCore.Identity;

namespace Campaigns.Db.SignIn;

/// <summary>The passkeys of members: public keys, which reveal nothing to sign in with.</summary>
public sealed class PasskeyStore(Database database)
{
    private const string Select = """
        SELECT p.id, p.credential_id, p.staff_id, p.name, p.public_key, p.sign_count, p.transports, p.verified,
            p.backup_eligible, p.backed_up, p.attestation, p.client_data, p.created_at
        FROM staff_passkeys p JOIN staff m ON m.id = p.staff_id
        WHERE m.revoked_at IS NULL
        """;

    private const string SelectList = """
        SELECT id, name, host, created_at, used_at FROM staff_passkeys WHERE staff_id = @staffId ORDER BY id
        """;

    private const string CountOthers = """
        SELECT count(*) FROM staff_passkeys p JOIN staff m ON m.id = p.staff_id
        WHERE p.host <> @host AND m.revoked_at IS NULL
        """;

    private const string Insert = """
        INSERT INTO staff_passkeys (id, credential_id, staff_id, host, name, public_key, sign_count, transports,
            verified, backup_eligible, backed_up, attestation, client_data, created_at)
        VALUES (@id, @CredentialId, @staffId, @Host, @Name, @PublicKey, @signCount, @transports,
            @verified, @backupEligible, @backedUp, @AttestationObject, @ClientDataJson, @now)
        """;

    private const string Use = """
        UPDATE staff_passkeys SET sign_count = @signCount, verified = @verified, backed_up = @backedUp, used_at = @now
        WHERE credential_id = @CredentialId
        """;

    /// <summary>The passkeys of a member, oldest first.</summary>
    public IReadOnlyList<Passkey> List(long staffId)
    {
        using var connection = database.Read();
        return [.. connection.Query<Passkey>(SelectList, new { staffId })];
    }

    /// <summary>
    /// How many passkeys of active members were made for other hosts than this one.
    /// </summary>
    public long CountOfOtherHosts(string host)
    {
        using var connection = database.Read();
        return connection.QuerySingle<long>(CountOthers, new { host });
    }

    /// <summary>Adds a passkey of a member.</summary>
    public Task AddAsync(long staffId, NewPasskey passkey) =>
        database.Writes.RunAsync(write =>
        {
            Add(write, staffId, passkey);
            return true;
        });

    /// <summary>Records that a passkey was used.</summary>
    public Task UseAsync(UserPasskeyInfo passkey) =>
        database.Writes.RunAsync(write =>
            write.Connection.Execute(
                Use,
                new
                {
                    passkey.CredentialId,
                    signCount = (long)passkey.SignCount,
                    verified = passkey.IsUserVerified ? 1 : 0,
                    backedUp = passkey.IsBackedUp ? 1 : 0,
                    now = write.Now.ToUnixTimeMilliseconds(),
                }
            )
        );

    /// <summary>
    /// Deletes a passkey of a member, also in a database that is restored later; false if the
    /// member has no such passkey.
    /// </summary>
    public Task<bool> EndAsync(long staffId, long id) =>
        database.Writes.RunAsync(write => EndedAccess.EndOwn(write, JournalRevocation.Passkey, staffId, id));

    /// <summary>Adds a passkey in the transaction of joining.</summary>
    internal static void Add(WriteTransaction write, long staffId, NewPasskey added)
    {
        var id = write.NextId();
        var passkey = added.Passkey;
        write.Connection.Execute(
            Insert,
            new
            {
                id,
                passkey.CredentialId,
                staffId,
                added.Host,
                added.Name,
                passkey.PublicKey,
                signCount = (long)passkey.SignCount,
                transports = Lists.Write(passkey.Transports),
                verified = passkey.IsUserVerified ? 1 : 0,
                backupEligible = passkey.IsBackupEligible ? 1 : 0,
                backedUp = passkey.IsBackedUp ? 1 : 0,
                passkey.AttestationObject,
                passkey.ClientDataJson,
                now = write.Now.ToUnixTimeMilliseconds(),
            }
        );
        new Actor(staffId).Audit(write, "passkey.add", subject: Ids.Text(id));
    }

    /// <summary>Deletes all passkeys of a member in the transaction of a reset.</summary>
    internal static void EndAll(WriteTransaction write, long staffId)
    {
        const string SelectIds = "SELECT id FROM staff_passkeys WHERE staff_id = @staffId";
        foreach (var id in write.Connection.Query<long>(SelectIds, new { staffId }))
            EndedAccess.End(write, JournalRevocation.Passkey, id);
    }

    internal IReadOnlyList<UserPasskeyInfo> FindOf(long staffId)
    {
        using var connection = database.Read();
        return
        [
            .. connection
                .Query<PasskeyRow>(Select + " AND p.staff_id = @staffId ORDER BY p.id", new { staffId })
                .Select(row => row.ToInfo()),
        ];
    }

    internal (long StaffId, UserPasskeyInfo Passkey)? Find(byte[] credentialId)
    {
        using var connection = database.Read();
        return
            connection.QuerySingleOrDefault<PasskeyRow>(
                Select + " AND p.credential_id = @credentialId",
                new { credentialId }
            )
                is { } row
            ? (row.StaffId, row.ToInfo())
            : null;
    }

    private sealed class PasskeyRow
    {
        public required byte[] CredentialId { get; init; }
        public required long StaffId { get; init; }
        public required string Name { get; init; }
        public required byte[] PublicKey { get; init; }
        public required long SignCount { get; init; }
        public IReadOnlyList<string> Transports { get; init; } = [];
        public required bool Verified { get; init; }
        public required bool BackupEligible { get; init; }
        public required bool BackedUp { get; init; }
        public required byte[] Attestation { get; init; }
        public required byte[] ClientData { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }

        public UserPasskeyInfo ToInfo() =>
            new(
                CredentialId,
                PublicKey,
                CreatedAt,
                (uint)SignCount,
                [.. Transports],
                Verified,
                BackupEligible,
                BackedUp,
                Attestation,
                ClientData
            )
            {
                Name = Name,
            };
    }
}
