using System.Data.Common;
using System.Security.Cryptography;
using Campaigns.Db.Engine;
using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Letters;
using Dapper;

namespace Campaigns.Db.Letters;

/// <summary>
/// The mail domains whose letters wait, for staff, who may mark one as genuine.
/// </summary>
public sealed class MailDomainStore(Database database, KeyRing keys, SignatureEncryption encryption, TimeProvider time)
{
    private const int PageSize = 1000;

    private const string IsWaiting = $"state = '{LetterState.Queued}' AND turn_at > @now AND domain_hash IS NOT NULL";

    private const string SelectWaiting = $"""
        SELECT domain_hash, count(*) AS waiting, min(created_at) AS since FROM letters
        WHERE {IsWaiting} GROUP BY domain_hash ORDER BY count(*) DESC LIMIT 200
        """;

    // The domain is stored in no letter, so it is read from the address of one signer.
    private const string SelectSigner = $"""
        SELECT s.id, s.contact FROM signatures s
        JOIN letters l ON l.campaign_id = s.campaign_id AND l.signature_id = s.id
        WHERE l.domain_hash = @hash AND l.state = '{LetterState.Queued}' AND l.turn_at > @now
          AND s.contact IS NOT NULL
        LIMIT 1
        """;

    private const string SelectGenuine = "SELECT domain, until FROM genuine_mail_domains WHERE until > @now";

    private const string SelectRefused = """
        SELECT domain, CAST(SUM(value) AS bigint) AS letters FROM policy_refusals WHERE day > @before GROUP BY domain
        """;

    private const string Mark = """
        INSERT INTO genuine_mail_domains (domain, until) VALUES (@domain, @until)
        ON CONFLICT (domain) DO UPDATE SET until = excluded.until
        """;

    // Waits for a claim that gives places to the domain, so that its letters are released too.
    private const string ForgetPlaces = "DELETE FROM mail_domains WHERE hash = @hash";

    private const string Release = $"""
        UPDATE letters SET due_at = @now, turn_at = @now
        WHERE (campaign_id, id) IN (
            SELECT campaign_id, id FROM letters WHERE domain_hash = @hash AND {IsWaiting} LIMIT @limit)
        """;

    /// <summary>
    /// Domains with letters that wait, the most first, genuine ones, and those that refuse letters
    /// for policy.
    /// </summary>
    public IReadOnlyList<WaitingDomain> List()
    {
        using var connection = database.Read();
        var listed = ListWaitingAndGenuine(connection);
        var refused = connection
            .Query<RefusedRow>(
                SelectRefused,
                new { before = Instant.Text(Instant.Day(time.UtcNow()).AddDays(-BounceRules.PolicyDaysShown)) }
            )
            .ToDictionary(row => row.Domain, row => row.Letters, StringComparer.Ordinal);
        return
        [
            .. listed.Select(row => row with { RefusedForPolicy = refused.GetValueOrDefault(row.Domain) }),
            .. refused
                .Where(row => !listed.Exists(one => one.Domain == row.Key))
                .OrderByDescending(row => row.Value)
                .Select(row => new WaitingDomain(row.Key, 0, null, null) { RefusedForPolicy = row.Value }),
        ];
    }

    private List<WaitingDomain> ListWaitingAndGenuine(DbConnection connection)
    {
        var now = time.UtcNow().ToUnixTimeMilliseconds();
        var genuine = connection
            .Query<GenuineRow>(SelectGenuine, new { now })
            .ToDictionary(row => row.Domain, row => row.Until, StringComparer.Ordinal);
        // A domain has two hashes while the index key is rotated.
        var waiting = connection
            .Query<WaitingRow>(SelectWaiting, new { now })
            .ToList()
            .Select(row => (Domain: FindDomain(connection, row.DomainHash, now), Row: row))
            .Where(found => found.Domain is not null)
            .GroupBy(found => found.Domain!, found => found.Row, StringComparer.Ordinal)
            .ToList();
        return
        [
            .. waiting.Select(rows => new WaitingDomain(
                rows.Key,
                rows.Sum(row => row.Waiting),
                rows.Min(row => row.Since),
                genuine.TryGetValue(rows.Key, out var until) ? until : null
            )),
            .. genuine
                .Where(row => waiting.TrueForAll(rows => rows.Key != row.Key))
                .OrderBy(row => row.Key, StringComparer.Ordinal)
                .Select(row => new WaitingDomain(row.Key, 0, null, row.Value)),
        ];
    }

    /// <summary>
    /// Does not bound a domain for <see cref="MailDomainHour.GenuineFor"/>, and lets its letters
    /// leave that wait. Audited with the reason. Repeatable.
    /// </summary>
    /// <param name="domain">In lower-case ASCII.</param>
    /// <param name="reason">Why.</param>
    /// <param name="actor">Who.</param>
    public async Task MarkGenuineAsync(string domain, string reason, Actor actor)
    {
        var hashes = keys.BlindIndex.DomainCandidates(domain);
        await database.Writes.RunAsync(write =>
        {
            write.Connection.Execute(ForgetPlaces, hashes.Select(hash => new { hash }));
            var until = (write.Now + MailDomainHour.GenuineFor).ToUnixTimeMilliseconds();
            write.Connection.Execute(Mark, new { domain, until });
            actor.Audit(write, "mail-domain.genuine", subject: domain, detail: reason);
            return true;
        });
        foreach (var hash in hashes)
        {
            while (await ReleaseAsync(hash) == PageSize) { }
        }
    }

    /// <summary>Deletes marks that have ended, and hours that are over.</summary>
    public Task<int> ForgetAsync(CancellationToken cancellationToken) =>
        database.Writes.RunAsync(
            write =>
                write.Connection.Execute(
                    "DELETE FROM genuine_mail_domains WHERE until <= @now",
                    new { now = write.Now.ToUnixTimeMilliseconds() }
                )
                + write.Connection.Execute(
                    "DELETE FROM mail_domains WHERE hour_from <= @over",
                    new { over = (write.Now - MailDomainHour.Length).ToUnixTimeMilliseconds() }
                ),
            cancellationToken
        );

    // In pages, because signers wait behind each write.
    private Task<int> ReleaseAsync(byte[] hash) =>
        database.Writes.RunAsync(write =>
        {
            write.Queued(PendingWork.Letters);
            return write.Connection.Execute(
                Release,
                new
                {
                    hash,
                    limit = PageSize,
                    now = write.Now.ToUnixTimeMilliseconds(),
                }
            );
        });

    private string? FindDomain(DbConnection connection, byte[] hash, long now)
    {
        if (connection.QueryFirstOrDefault<SignerRow>(SelectSigner, new { hash, now }) is not { } signer)
            return null;
        try
        {
            return encryption.DecryptContact(signer.Id, signer.Contact).Normalised.Split('@')[^1];
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private sealed class WaitingRow
    {
        public required byte[] DomainHash { get; init; }
        public required long Waiting { get; init; }
        public required DateTimeOffset Since { get; init; }
    }

    private sealed class SignerRow
    {
        public required long Id { get; init; }
        public required byte[] Contact { get; init; }
    }

    private sealed class RefusedRow
    {
        public required string Domain { get; init; }
        public required long Letters { get; init; }
    }

    private sealed class GenuineRow
    {
        public required string Domain { get; init; }
        public required DateTimeOffset Until { get; init; }
    }
}
