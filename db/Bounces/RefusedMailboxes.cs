using System.Data.Common;
using Campaigns.Crypto;
using Campaigns.Db.Engine;
using Campaigns.Letters;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Bounces;

/// <summary>
/// What is known of mailboxes over all campaigns. It is read once for a claim of letters, and never
/// while people sign.
/// </summary>
internal static class RefusedMailboxes
{
    private const string SelectSome = $"SELECT {RefusedMailbox.Columns} FROM refused_mailboxes WHERE ends_at > @now";

    private const string HasAny = "SELECT EXISTS (SELECT 1 FROM refused_mailboxes WHERE ends_at > @now)";

    private const string SelectOne = $$"""
        SELECT {{RefusedMailbox.Columns}} FROM refused_mailboxes WHERE hash = @hash {for_update}
        """;

    // Two first reports of a mailbox wait for each other here, and the second one knows the first.
    private const string Create = """
        INSERT INTO refused_mailboxes (hash, id, index_version, softs, changed_at, ends_at)
        VALUES (@Index, @id, @Version, '[]', @now, @now)
        ON CONFLICT (hash) DO NOTHING
        """;

    private const string Store = """
        UPDATE refused_mailboxes
        SET missing_at = @MissingAt, softs = @softs, suppressed_until = @SuppressedUntil,
            complained_at = @ComplainedAt, changed_at = @now, ends_at = @endsAt
        WHERE hash = @Hash
        """;

    private const string CountPolicy = """
        INSERT INTO policy_refusals (day, domain, code, value) VALUES (@day, @domain, @code, 1)
        ON CONFLICT (day, domain, code) DO UPDATE SET value = policy_refusals.value + 1
        """;

    /// <summary>
    /// Applies a report to a mailbox, or counts it for its domain; returns what else changes.
    /// </summary>
    /// <param name="write">The transaction.</param>
    /// <param name="index">Makes the hashes.</param>
    /// <param name="email">The address.</param>
    /// <param name="kind">What the report says.</param>
    /// <param name="code">Its status.</param>
    public static BounceEffectOnMailbox Apply(
        WriteTransaction write,
        BlindIndex index,
        EmailAddress email,
        BounceKind kind,
        string code
    )
    {
        if (kind == BounceKind.Other)
            return new(BounceEffect.Nothing, null);
        if (kind == BounceKind.Policy)
        {
            write.Connection.Execute(
                CountPolicy,
                new
                {
                    day = Instant.Text(Instant.Day(write.Now)),
                    // The domain of a few people could name one of them.
                    domain = LargeMailProviders.Has(email.Domain) ? email.Domain : MailProvider.Other,
                    code,
                }
            );
            return new(BounceEffect.BlameDomain, null);
        }
        var known = FindLocked(write, index.RefusedCandidates(email.Normalised)) ?? Add(write, index, email);
        var (effect, record) = BounceRules.Apply(kind, known.Record, write.Now);
        // A row under an earlier key keeps it: the hash is all that is stored of the address.
        write.Connection.Execute(
            Store,
            new
            {
                known.Hash,
                record.MissingAt,
                softs = RefusedMailbox.Write(record.Softs),
                record.SuppressedUntil,
                record.ComplainedAt,
                now = write.Now,
                endsAt = BounceRules.EndsAt(record),
            }
        );
        return new(effect, effect == BounceEffect.Suppress ? known.Id : null);
    }

    private static RefusedMailbox Add(WriteTransaction write, BlindIndex index, EmailAddress email)
    {
        var newest = index.Refused(email.Normalised);
        write.Connection.Execute(
            Create,
            new
            {
                newest.Index,
                newest.Version,
                id = write.NextId(),
                now = write.Now,
            }
        );
        return FindLocked(write, [newest.Index])!;
    }

    private static RefusedMailbox? FindLocked(WriteTransaction write, IEnumerable<byte[]> hashes) =>
        hashes
            .Select(hash => write.Connection.QuerySingleOrDefault<RefusedMailbox>(write.Sql(SelectOne), new { hash }))
            .FirstOrDefault(row => row is not null);

    /// <summary>The records of these addresses, in one look.</summary>
    public static StoppedMailboxes Find(
        DbConnection connection,
        BlindIndex index,
        IReadOnlyCollection<string> normalised,
        DateTimeOffset now
    )
    {
        // Most installations have none at most times, and a hash for each letter costs more than this look.
        if (normalised.Count == 0 || !connection.QuerySingle<bool>(HasAny, new { now }))
            return StoppedMailboxes.None;
        var emails = new HashList<string>(new { now });
        foreach (var email in normalised)
            foreach (var hash in index.RefusedCandidates(email))
                emails.Add(hash, email);
        var rows = connection.Query<RefusedMailbox>($"{SelectSome} AND hash IN {emails.Sql}", emails.Parameters);
        return new StoppedMailboxes(rows.ToDictionary(row => emails[row.Hash], row => row.Record), now);
    }
}
