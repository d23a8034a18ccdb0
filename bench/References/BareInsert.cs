using System.Diagnostics;
using System.Security.Cryptography;
using Campaigns.Bench.Client;
using Campaigns.Bench.Server;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Campaigns.Bench.References;

/// <summary>
/// The speed of PostgreSQL itself: one prepared statement inserts the rows of 256 signatures and
/// commits, repeatedly, over one connection. There is no server, and nothing is parsed, encrypted
/// or refused. Rows are as long as real ones; encrypted values are random bytes.
/// </summary>
/// <param name="connectionString">A database with the tables and without rows.</param>
internal sealed class BareInsert(string connectionString) : IDisposable
{
    private const int Batch = 256;

    private const string Insert = """
        WITH p AS (
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
            AS p (id, letter, country, blind_index, contact, person, ledger_key, commitment)),
        added AS (
            INSERT INTO signatures (
                id, campaign_id, state, country, line_country, locale, disclosure, disclosed_at, updates, text_hash,
                privacy_version, blind_index, index_version, contact, person, ledger_key, commitment, signed_at,
                confirm_expires_at)
            SELECT
                id, $9, 'pending', country, country, 'en', 'name', $10, 0, $11,
                '1', blind_index, 1, contact, person, ledger_key, commitment, $10,
                $12
            FROM p
            ON CONFLICT (campaign_id, blind_index) DO NOTHING RETURNING id, country),
        consented AS (
            INSERT INTO consents (
                campaign_id, signature_id, purpose, given_at, text_hash, privacy_version, locale, disclosure)
            SELECT $9, id, purpose, $10, $11, '1', 'en', disclosure
            FROM added, (VALUES ('sign', NULL), ('disclose', 'name')) AS c (purpose, disclosure)),
        queued AS (
            INSERT INTO letters (id, campaign_id, signature_id, kind, locale, generation, state, created_at, due_at)
            SELECT letter, $9, id, 'confirm', 'en', 0, 'queued', $10, $10 FROM added JOIN p USING (id))
        INSERT INTO counters (campaign_id, country, state, writer, value)
        SELECT $9, country, 'pending', 0, count(*) FROM added GROUP BY country
        ON CONFLICT (campaign_id, country, state, writer) DO UPDATE SET value = counters.value + excluded.value
        """;

    private const string SelectExample =
        "SELECT campaign_id, text_hash, blind_index, contact, person, ledger_key, commitment FROM signatures LIMIT 1";

    private static readonly string[] _countries = ["DE", "GB", "NL", "NO"];

    private readonly NpgsqlConnection _connection = new(connectionString);
    private readonly Ids _ids = new(0, TimeProvider.System);
    private Example? _example;

    /// <summary>
    /// Inserts rows like the first of <paramref name="signed"/> until the time is over. The times
    /// of the round are those of batches.
    /// </summary>
    public Round Run(Rows signed, TimeSpan length)
    {
        if (_example is null)
        {
            using var connection = signed.Read();
            _example = connection.QueryFirst<Example>(SelectExample);
            _connection.Open();
        }
        using var command = new NpgsqlCommand(Insert, _connection);
        var started = Stopwatch.StartNew();
        var times = new List<double>();
        for (
            var last = TimeSpan.Zero;
            last < length;
            times.Add((started.Elapsed - last).TotalMilliseconds), last = started.Elapsed
        )
        {
            Fill(command, _example);
            command.Prepare();
            command.ExecuteNonQuery();
        }
        var seconds = started.Elapsed.TotalSeconds;
        times.Sort();
        return new Round(
            times.Count * Batch,
            seconds,
            times[times.Count / 2],
            times[times.Count * 99 / 100],
            times[^1]
        );
    }

    public void Dispose() => _connection.Dispose();

    private void Fill(NpgsqlCommand command, Example example)
    {
        var now = TimeProvider.System.UtcNow().ToUnixTimeMilliseconds();
        command.Parameters.Clear();
        Add(NpgsqlDbType.Array | NpgsqlDbType.Bigint, Each(_ => _ids.Next()));
        Add(NpgsqlDbType.Array | NpgsqlDbType.Bigint, Each(_ => _ids.Next()));
        Add(NpgsqlDbType.Array | NpgsqlDbType.Text, Each(place => _countries[place % _countries.Length]));
        foreach (
            var ciphertext in (byte[][])
                [example.BlindIndex, example.Contact, example.Person, example.LedgerKey, example.Commitment]
        )
            Add(NpgsqlDbType.Array | NpgsqlDbType.Bytea, Each(_ => RandomNumberGenerator.GetBytes(ciphertext.Length)));
        Add(NpgsqlDbType.Bigint, example.CampaignId);
        Add(NpgsqlDbType.Bigint, now);
        Add(NpgsqlDbType.Text, example.TextHash);
        Add(NpgsqlDbType.Bigint, now + (long)TimeSpan.FromDays(7).TotalMilliseconds);

        void Add(NpgsqlDbType type, object value) =>
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value });
    }

    private static T[] Each<T>(Func<int, T> make) => [.. Enumerable.Range(0, Batch).Select(make)];

    private sealed record Example
    {
        public required long CampaignId { get; init; }

        public required string TextHash { get; init; }

        public required byte[] BlindIndex { get; init; }

        public required byte[] Contact { get; init; }

        public required byte[] Person { get; init; }

        public required byte[] LedgerKey { get; init; }

        public required byte[] Commitment { get; init; }
    }
}
