using System.Data.Common;
using System.Text;
using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Db.Keys;
using Campaigns.Db.Staff;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.SignIn;

/// <summary>
/// The accounts of members. The address and the authenticator's secret are encrypted; a keyed hash
/// finds the address.
/// </summary>
public sealed class AccountStore(Database database, KeyRing keys)
{
    /// <summary>How long too many failures lock an account.</summary>
    public static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(15);

    /// <summary>The time step of authenticator codes (RFC 6238).</summary>
    public const int SecondsPerStep = 30;

    internal const string Table = "staff_accounts";

    // The blind index of a signer has the id of a campaign here, which is never 0.
    internal const long IndexScope = 0;

    private const string Select = """
        SELECT a.staff_id, m.name, a.version, a.address, a.confirmed_at, a.pending_address, a.pending_hash,
            a.pending_until, a.locale, a.password_hash, a.authenticator, a.authenticator_at,
            a.authenticator_step, a.stamp, a.failures, a.locked_until
        FROM staff_accounts a JOIN staff m ON m.id = a.staff_id
        WHERE m.revoked_at IS NULL
        """;

    private const string Insert = """
        INSERT INTO staff_accounts (staff_id, version, stamp, changed_at) VALUES (@staffId, 1, @stamp, @now)
        ON CONFLICT (staff_id) DO NOTHING
        """;

    private const string Update = """
        UPDATE staff_accounts SET
            version = version + 1, address = @address, address_index = @index, index_version = @indexVersion,
            confirmed_at = @confirmedAt, pending_address = @pending, pending_hash = @PendingHash,
            pending_until = @pendingUntil, locale = @Locale, password_hash = @PasswordHash,
            authenticator = @authenticator, authenticator_at = @authenticatorAt, stamp = @Stamp,
            changed_at = CASE WHEN @signInChanged = 1 THEN @now ELSE changed_at END
        WHERE staff_id = @StaffId AND version = @Version
        """;

    private const string AddressTaken =
        "SELECT count(*) FROM staff_accounts WHERE address_index = @index AND staff_id <> @staffId";

    private const string CountFailure =
        "UPDATE staff_accounts SET failures = failures + 1 WHERE staff_id = @staffId RETURNING failures";

    private const string EndFailures =
        "UPDATE staff_accounts SET failures = 0, locked_until = @lockedUntil WHERE staff_id = @staffId";

    private const string UseStep = """
        UPDATE staff_accounts SET authenticator_step = @step
        WHERE staff_id = @staffId AND (authenticator_step IS NULL OR authenticator_step < @step)
        """;

    /// <summary>The account of an active member; null without one.</summary>
    public StaffAccount? Find(long staffId)
    {
        using var connection = database.Read();
        return Find(connection, staffId);
    }

    /// <summary>The account with an address; null for an unknown or unusable address.</summary>
    public StaffAccount? FindByAddress(string typed)
    {
        if (EmailAddress.Parse(typed).Address is not { } address)
            return null;
        // One query for each index key, because the two databases have no list parameter in common.
        using var connection = database.Read();
        return Read(
            keys.BlindIndex.Candidates(IndexScope, address.Normalised)
                .Select(index =>
                    connection.QuerySingleOrDefault<AccountRow>(Select + " AND a.address_index = @index", new { index })
                )
                .FirstOrDefault(row => row is not null)
        );
    }

    /// <summary>
    /// Stores a changed account; false if it changed in between or another account has its address.
    /// </summary>
    public Task<bool> UpdateAsync(StaffAccount account) =>
        database.Writes.RunAsync(write => StoreChanged(write, account));

    /// <summary>
    /// Stores a changed password or authenticator: what was before never works again, and all
    /// sessions but one end. False as <see cref="UpdateAsync"/>.
    /// </summary>
    /// <param name="account">The changed account.</param>
    /// <param name="session">The session that goes on.</param>
    /// <param name="action">The action for the audit trail.</param>
    public Task<bool> ChangeSignInAsync(StaffAccount account, long session, string action) =>
        database.Writes.RunAsync(write =>
        {
            account.SignInChanged = true;
            account.Stamp = RandomStamp();
            if (!StoreChanged(write, account))
                return false;
            SessionStore.EndAllBut(write, account.StaffId, session);
            new Actor(account.StaffId).Audit(write, action);
            return true;
        });

    /// <summary>
    /// Counts a failed sign-in and returns how many there were since the last success.
    /// </summary>
    public Task<int> CountFailureAsync(long staffId) =>
        database.Writes.RunAsync(write => write.Connection.QuerySingleOrDefault<int>(CountFailure, new { staffId }));

    /// <summary>
    /// Ends the count of failures, and locks the account until an instant or not at all.
    /// </summary>
    public Task EndFailuresAsync(long staffId, DateTimeOffset? lockedUntil) =>
        database.Writes.RunAsync(write =>
            write.Connection.Execute(EndFailures, new { staffId, lockedUntil = lockedUntil?.ToUnixTimeMilliseconds() })
        );

    /// <summary>
    /// Records the time step of an accepted code; false if a code of this or a later step was
    /// accepted before.
    /// </summary>
    public Task<bool> UseStepAsync(long staffId, long step) =>
        database.Writes.RunAsync(write => write.Connection.Execute(UseStep, new { staffId, step }) == 1);

    /// <summary>As <see cref="Find(long)"/>, on the connection of a transaction.</summary>
    internal StaffAccount? Find(DbConnection connection, long staffId) =>
        Read(connection.QuerySingleOrDefault<AccountRow>(Select + " AND a.staff_id = @staffId", new { staffId }));

    /// <summary>
    /// Adds an empty account in the transaction of joining; nothing if there is one.
    /// </summary>
    internal static void Add(WriteTransaction write, long staffId) =>
        write.Connection.Execute(
            Insert,
            new
            {
                staffId,
                stamp = RandomStamp(),
                now = write.Now.ToUnixTimeMilliseconds(),
            }
        );

    internal static string RandomStamp() => RandomToken.Create();

    /// <summary>True if another account has the address.</summary>
    internal bool IsTaken(DbConnection connection, long staffId, string typed) =>
        keys
            .BlindIndex.Candidates(IndexScope, Normalise(typed))
            .Any(index => connection.QuerySingle<long>(AddressTaken, new { staffId, index }) > 0);

    /// <summary>As <see cref="UpdateAsync"/>, in the transaction of joining.</summary>
    internal bool StoreChanged(WriteTransaction write, StaffAccount account)
    {
        if (account.Address is { } wanted && IsTaken(write.Connection, account.StaffId, wanted))
            return false;
        using var row = keys.Encryptor.Row(Table, account.StaffId);
        var address = account.Address is { } typed ? row.Encrypt("address", Encoding.UTF8.GetBytes(typed)) : null;
        var index = account.Address is { } indexed ? keys.BlindIndex.Address(IndexScope, Normalise(indexed)) : null;
        var changed = write.Connection.Execute(
            Update,
            new
            {
                account.StaffId,
                account.Version,
                account.PasswordHash,
                account.Stamp,
                address,
                index = index?.Index,
                indexVersion = index?.Version,
                confirmedAt = account.ConfirmedAt?.ToUnixTimeMilliseconds(),
                pending = account.PendingAddress is { } asked
                    ? row.Encrypt("pending_address", Encoding.UTF8.GetBytes(asked))
                    : null,
                account.PendingHash,
                pendingUntil = account.PendingUntil?.ToUnixTimeMilliseconds(),
                account.Locale,
                authenticator = account.Authenticator is { } secret ? row.Encrypt("authenticator", secret) : null,
                authenticatorAt = account.AuthenticatorAt?.ToUnixTimeMilliseconds(),
                signInChanged = account.SignInChanged ? 1 : 0,
                now = write.Now.ToUnixTimeMilliseconds(),
            }
        );
        if (changed == 0)
            return false;
        if (account.SignInChanged)
            write.Journal(new JournalRevocation(write.Now, JournalRevocation.SignIn, account.StaffId));
        account.SignInChanged = false;
        account.Version++;
        return true;
    }

    private static string Normalise(string typed) =>
        EmailAddress.Parse(typed).Address?.Normalised
        ?? throw new ArgumentException("The address is not an e-mail address.", nameof(typed));

    private StaffAccount? Read(AccountRow? row) =>
        row is null
            ? null
            : new StaffAccount
            {
                StaffId = row.StaffId,
                Name = row.Name,
                Version = row.Version,
                Address = row.Address is { } address
                    ? Encoding.UTF8.GetString(keys.Encryptor.Decrypt(Table, "address", row.StaffId, address))
                    : null,
                ConfirmedAt = row.ConfirmedAt,
                PendingAddress = row.PendingAddress is { } pending
                    ? Encoding.UTF8.GetString(keys.Encryptor.Decrypt(Table, "pending_address", row.StaffId, pending))
                    : null,
                PendingHash = row.PendingHash,
                PendingUntil = row.PendingUntil,
                Locale = row.Locale,
                PasswordHash = row.PasswordHash,
                Authenticator = row.Authenticator is { } secret
                    ? keys.Encryptor.Decrypt(Table, "authenticator", row.StaffId, secret)
                    : null,
                AuthenticatorAt = row.AuthenticatorAt,
                AuthenticatorStep = row.AuthenticatorStep,
                Stamp = row.Stamp,
                Failures = row.Failures,
                LockedUntil = row.LockedUntil,
            };

    private sealed class AccountRow
    {
        public required long StaffId { get; init; }
        public required string Name { get; init; }
        public required long Version { get; init; }
        public required byte[]? Address { get; init; }
        public required DateTimeOffset? ConfirmedAt { get; init; }
        public required byte[]? PendingAddress { get; init; }
        public required byte[]? PendingHash { get; init; }
        public required DateTimeOffset? PendingUntil { get; init; }
        public required string Locale { get; init; }
        public required string? PasswordHash { get; init; }
        public required byte[]? Authenticator { get; init; }
        public required DateTimeOffset? AuthenticatorAt { get; init; }
        public required long? AuthenticatorStep { get; init; }
        public required string Stamp { get; init; }
        public required int Failures { get; init; }
        public required DateTimeOffset? LockedUntil { get; init; }
    }
}
