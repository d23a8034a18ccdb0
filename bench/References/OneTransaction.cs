using System.Data.Common;
using Campaigns.Db;
using Campaigns.Db.Engine.Sqlite;
using Campaigns.Db.Schema;
using Campaigns.Db.Signatures;
using Campaigns.Letters;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Campaigns.Bench.References;

/// <summary>
/// Stores a signature as most programs would: a pooled connection, one transaction a request,
/// Dapper. Schema and rows are the product's, every commit is on disk (WAL, synchronous=FULL;
/// PostgreSQL as configured), and the file or database is separate.
/// </summary>
internal sealed class OneTransaction
{
    public const string FileName = "one-transaction.db";

    /// <summary>The PostgreSQL database; the scenario creates it with its tables.</summary>
    public const string DatabaseName = "one_transaction";

    private const string Insert = """
        INSERT INTO signatures (
            id, campaign_id, state, country, line_country, locale, disclosure, disclosed_at, updates, text_hash,
            privacy_version, blind_index, index_version, contact, person, ledger_key, commitment, signed_at,
            confirm_expires_at)
        VALUES (
            @Id, @CampaignId, 'pending', @Country, @LineCountry, @Locale, @Disclosure, @now, 0, @TextHash,
            @PrivacyVersion, @BlindIndex, @IndexVersion, @Contact, @Person, @LedgerKey, @Commitment, @now,
            @expiresAt)
        """;

    private const string Consent = """
        INSERT INTO consents (
            campaign_id, signature_id, purpose, given_at, text_hash, privacy_version, locale, disclosure)
        VALUES (@CampaignId, @Id, @purpose, @now, @TextHash, @PrivacyVersion, @Locale, @disclosure)
        """;

    private const string Letter = """
        INSERT INTO letters (id, campaign_id, signature_id, kind, locale, generation, state, created_at, due_at)
        VALUES (@letter, @CampaignId, @Id, 'confirm', @Locale, 0, 'queued', @now, @now)
        """;

    private const string Counter = """
        INSERT INTO counters (campaign_id, country, state, writer, value)
        VALUES (@CampaignId, @Country, 'pending', 0, 1)
        ON CONFLICT (campaign_id, country, state, writer) DO UPDATE SET value = counters.value + 1
        """;

    private const string FindByAddress =
        "SELECT id FROM signatures WHERE campaign_id = @CampaignId AND blind_index = @BlindIndex";

    private readonly Ids _ids;
    private readonly TimeProvider _time;
    private readonly Func<DbConnection> _connect;
    private readonly string? _opening;

    public OneTransaction(IOptions<DataOptions> data, IOptions<DatabaseOptions> database, TimeProvider time)
    {
        (_ids, _time) = (new Ids(0, time), time);
        if (database.Value.Provider == DatabaseOptions.Postgres)
        {
            var server = new NpgsqlConnectionStringBuilder(database.Value.ConnectionString)
            {
                Database = DatabaseName,
            }.ToString();
            _connect = () => new NpgsqlConnection(server);
            return;
        }
        var file = Path.Combine(data.Value.Directory, FileName);
        var dialect = new SqliteDialect($"Data Source={file}");
        using (var connection = dialect.OpenForWriting())
            Migrations.Run(connection, dialect, time.UtcNow());
        // Such a program waits for the lock; a time-out would save it work.
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Pooling = true,
            DefaultTimeout = 300,
        }.ToString();
        _connect = () => new SqliteConnection(settings);
        // Set explicitly, because the ratio depends on it.
        _opening = "PRAGMA synchronous = FULL";
    }

    public async Task SignAsync(PreparedSignature row)
    {
        await using var connection = _connect();
        await connection.OpenAsync();
        if (_opening is not null)
            await connection.ExecuteAsync(_opening);
        await using var transaction = await connection.BeginTransactionAsync();
        var now = _time.UtcNow().ToUnixTimeMilliseconds();
        if (
            await connection.QuerySingleOrDefaultAsync<long?>(
                FindByAddress,
                new { row.CampaignId, row.BlindIndex },
                transaction
            )
            is null
        )
        {
            await RunAsync(
                Insert,
                new
                {
                    row.Id,
                    row.CampaignId,
                    row.Country,
                    row.LineCountry,
                    row.Locale,
                    Disclosure = row.Disclosure.Text(),
                    row.TextHash,
                    row.PrivacyVersion,
                    row.BlindIndex,
                    IndexVersion = row.Index.Version,
                    row.Contact,
                    row.Person,
                    row.LedgerKey,
                    row.Commitment,
                    now,
                    expiresAt = now + (long)LetterRules.LinkLifetime.TotalMilliseconds,
                }
            );
            await RunAsync(
                Consent,
                new
                {
                    row.CampaignId,
                    row.Id,
                    purpose = "sign",
                    now,
                    row.TextHash,
                    row.PrivacyVersion,
                    row.Locale,
                    disclosure = (string?)null,
                }
            );
            await RunAsync(
                Consent,
                new
                {
                    row.CampaignId,
                    row.Id,
                    purpose = "disclose",
                    now,
                    row.TextHash,
                    row.PrivacyVersion,
                    row.Locale,
                    disclosure = row.Disclosure.Text(),
                }
            );
            await RunAsync(
                Letter,
                new
                {
                    letter = _ids.Next(),
                    row.CampaignId,
                    row.Id,
                    row.Locale,
                    now,
                }
            );
            await RunAsync(Counter, new { row.CampaignId, row.Country });
        }
        await transaction.CommitAsync();

        Task<int> RunAsync(string sql, object parameters) => connection.ExecuteAsync(sql, parameters, transaction);
    }
}
