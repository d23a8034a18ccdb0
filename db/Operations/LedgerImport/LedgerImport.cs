using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Db.Ledger;
using Campaigns.Db.Packets;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Db.Subscribers;
using Campaigns.Ledger;
using Dapper;

namespace Campaigns.Db.Operations;

/// <summary>The result of an import.</summary>
/// <param name="From">The first imported line.</param>
/// <param name="Size">The size of the ledger now; equal to <paramref name="From"/> if the import
/// added nothing.</param>
/// <param name="Confirmed">Signatures that were pending or on hold in this database and are
/// confirmed by their lines.</param>
/// <param name="WithoutSignature">Imported lines that are not removed and match no signature of
/// this database.</param>
public sealed record LedgerImported(long From, long Size, long Confirmed, long WithoutSignature);

/// <summary>
/// Imports the published lines that a restored backup lacks, so that sealing can continue. Only for
/// a process that serves no requests, because the import is one transaction. Memory grows by twelve
/// bytes per line. If the process is killed, the database is unchanged.
/// </summary>
public sealed class LedgerImport(
    Database database,
    LedgerStore ledger,
    SignatureEncryption encryption,
    SignerSubscriptions subscriptions
)
{
    private const string CountUnlinked = """
        SELECT count(*) FROM ledger_entries
        WHERE campaign_id = @Id AND n >= @stored AND kind = 'add' AND removed = 0 AND signature_id IS NULL
        """;

    private const string NotBehind = "UPDATE campaigns SET ledger_behind = 0 WHERE id = @Id AND ledger_behind = 1";

    /// <summary>
    /// Imports the lines of <paramref name="file"/> up to the newest head in the journal. The file
    /// begins at line 0 or at any line that this database has or needs next. A repeated import only
    /// allows sealing again, if it was suspended without need.
    /// </summary>
    /// <exception cref="ImportRefusedException">A line differs from the database, is malformed or
    /// does not match the journal's heads; or lines are missing.</exception>
    public Task<LedgerImported> ImportAsync(Campaign campaign, Stream file, CancellationToken cancellation = default)
    {
        var journal = database.Journal.Read();
        return database.Writes.RunAsync(write => Import(write, campaign, file, journal), cancellation);
    }

    private LedgerImported Import(WriteTransaction write, Campaign campaign, Stream file, JournalReplay journal)
    {
        // Other processes may write too; the lock keeps the data unchanged between read and write.
        write.LockExclusively();
        file.Position = 0;
        var head = write.Connection.QuerySingle<JournalHead>(
            $"SELECT campaign_id, size, root {LedgerHeads.Newest}",
            new { campaignId = campaign.Id }
        );
        var stored = head.Size;
        var heads = journal
            .Heads.Where(one => one.CampaignId == campaign.Id)
            .Append(head)
            .Where(one => one.Size > 0)
            .OrderBy(one => one.Size)
            .ToList();
        var check = new ConsistencyCheck(stored, heads.ToLookup(one => one.Size, one => one.Root));
        var index = Append(write, campaign, Walk(campaign.Id, stored, file), stored, check, size =>
            SealedBy(heads, size - 1, write.Now)
        );
        if (check.Proven == stored)
        {
            // The database has every head in the journal. A journal file copied here by mistake may have marked the
            // campaign as behind.
            write.Connection.Execute(NotBehind, new { campaign.Id });
            return new LedgerImported(stored, stored, 0, 0);
        }

        var relinker = new SignatureRelinker(write, campaign.Id, index, n => SealedBy(heads, n, write.Now));
        var confirmed = relinker.Link();
        SignatureTransitions.ReplayPending(
            write,
            journal.Acts.Where(entry => entry.CampaignId == campaign.Id),
            database.Keys.BlindIndex,
            encryption,
            subscriptions
        );
        relinker.Revoke(stored);
        ledger.InvalidateHead(write, [head]);
        // Packets were built from the older rows, or before an earlier import.
        PacketInvalidation.InvalidateAll(write, campaign.Id);
        Actor.Operator.Audit(
            write,
            "ledger.import",
            campaign.Slug,
            detail: FormattableString.Invariant($"{stored}-{check.Proven}")
        );
        return new LedgerImported(
            stored,
            check.Proven,
            confirmed,
            write.Connection.QuerySingle<long>(CountUnlinked, new { campaign.Id, stored })
        );
    }

    private CommitmentIndex Append(
        WriteTransaction write,
        Campaign campaign,
        IEnumerable<(string Line, string? Own)> lines,
        long stored,
        ConsistencyCheck check,
        Func<long, DateTimeOffset> sealedBy
    )
    {
        var appender = new LedgerAppender(write, ledger, campaign, stored);
        var index = new CommitmentIndex();
        foreach (var (text, own) in lines)
        {
            if (check.Add(text, own) is { } problem)
                throw new ImportRefusedException(problem);
            if (check.Size <= stored || check.Size > check.Proven)
                continue;
            var line = check.Last!;
            appender.Add(line);
            if (line.Commitment is { } commitment)
                index.Add(commitment, line.N);
            if (check.AtHead)
                appender.AddHead(check.Root(), sealedBy(check.Size), check.Counts);
        }
        return check.End() is { } tooShort ? throw new ImportRefusedException(tooShort) : index;
    }

    /// <summary>
    /// The lines of the file, each with the database's line of the same number, or null. Database
    /// lines before the first and after the last line of the file are paired with themselves.
    /// </summary>
    private IEnumerable<(string Line, string? Own)> Walk(long campaignId, long stored, Stream file)
    {
        using var own = DatabaseLines(campaignId, stored).GetEnumerator();
        var first = true;
        foreach (var line in LedgerFileReader.Read(file))
        {
            if (first)
            {
                var from = LedgerLine.Parse(line)?.N
                    ?? throw new ImportRefusedException("The file does not begin with a ledger entry.");
                if (from > stored)
                    throw new ImportRefusedException(
                        $"The file begins with entry {from}, and this database has "
                            + $"{Plural.Count(stored, "entry", "entries")}: the entries between are missing."
                    );
                for (; from > 0 && own.MoveNext(); from--)
                    yield return (own.Current, own.Current);
                first = false;
            }
            yield return (line, own.MoveNext() ? own.Current : null);
        }
        while (own.MoveNext())
            yield return (own.Current, own.Current);
    }

    private IEnumerable<string> DatabaseLines(long campaignId, long stored)
    {
        for (var from = 0L; from < stored;)
        {
            var page = ledger.ReadLines(campaignId, from, stored);
            if (page.Count == 0)
                throw new ImportRefusedException($"Line {from} of the ledger is missing: the database is damaged.");
            foreach (var line in page)
                yield return line;
            from += page.Count;
        }
    }

    /// <summary>
    /// When the journal recorded the first head that includes line <paramref name="n"/>.
    /// </summary>
    private static DateTimeOffset SealedBy(List<JournalHead> heads, long n, DateTimeOffset otherwise)
    {
        var (low, high) = (0, heads.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (heads[middle].Size > n)
                high = middle;
            else
                low = middle + 1;
        }
        return low < heads.Count && heads[low].At is { } at ? at : otherwise;
    }
}
