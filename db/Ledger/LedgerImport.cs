using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Db.Writes;
using Campaigns.Ledger;
using Dapper;

namespace Campaigns.Db.Ledger;

/// <summary>What an import did.</summary>
/// <param name="From">The first line that was taken.</param>
/// <param name="Size">The size of the ledger now; equal to <paramref name="From"/> when it had
/// nothing to take.</param>
/// <param name="Confirmed">Signatures that were pending or held in this database and whose lines
/// say they count.</param>
/// <param name="WithoutSignature">Lines taken that stand and that no signature of this database
/// belongs to.</param>
public sealed record LedgerImported(long From, long Size, long Confirmed, long WithoutSignature);

/// <summary>
/// A file that is not the published ledger this database needs, with a line for the operator.
/// Nothing was changed.
/// </summary>
public sealed class ImportRefusedException(string message) : Exception(message);

/// <summary>
/// Gives a database that an older backup was restored into the published lines it lacks, so that
/// its ledger can go on. Only for a process that serves nobody: one transaction, however many
/// lines, in memory that hardly grows with them. Killed half way nothing has happened.
/// </summary>
public sealed class LedgerImport(Database database, LedgerStore ledger, SignatureEncryption encryption)
{
    private const string CountUnlinked = """
        SELECT count(*) FROM ledger_entries WHERE campaign_id = @Id AND n >= @held AND kind = 'add' AND removed = 0 AND signature_id IS NULL
        """;

    private const string NotBehind = "UPDATE campaigns SET ledger_behind = 0 WHERE id = @Id AND ledger_behind = 1";

    /// <summary>
    /// Takes the lines of <paramref name="file"/> (as published, from line 0 or any that this
    /// database still has) up to the newest head that the journal remembers. A second time nothing
    /// happens, but that the campaign is sealed again if it was stopped without need.
    /// </summary>
    /// <exception cref="ImportRefusedException">A line is not what the database holds, not well
    /// formed, or not what the journal's heads prove; or lines are missing.</exception>
    public Task<LedgerImported> ImportAsync(Campaign campaign, Stream file, CancellationToken cancellation = default)
    {
        var journal = database.Journal.Read();
        return database.Writes.RunAsync(write => Import(write, campaign, file, journal), cancellation);
    }

    private LedgerImported Import(WriteTransaction write, Campaign campaign, Stream file, JournalReplay journal)
    {
        // Where others write too: what is read here must still be so when it is changed.
        write.LockExclusively();
        file.Position = 0;
        var head = write.Connection.QuerySingle<JournalHead>(
            "SELECT campaign_id, size, root FROM ledger_heads WHERE campaign_id = @Id ORDER BY size DESC LIMIT 1",
            new { campaign.Id }
        );
        var held = head.Size;
        var heads = journal
            .Heads.Where(one => one.CampaignId == campaign.Id)
            .Append(head)
            .Where(one => one.Size > 0)
            .OrderBy(one => one.Size)
            .ToList();
        var ledgerOf = new ConsistencyCheck(held, heads.ToLookup(one => one.Size, one => one.Root));
        var index = Append(write, campaign, Walk(campaign.Id, held, file), held, ledgerOf, size =>
            SealedBy(heads, size - 1, write.Now)
        );
        if (ledgerOf.Proven == held)
        {
            // Nothing of what this journal knows is missing: a journal that was laid here by mistake may have said
            // otherwise.
            write.Connection.Execute(NotBehind, new { campaign.Id });
            return new LedgerImported(held, held, 0, 0);
        }

        var relinker = new SignatureRelinker(write, campaign.Id, index, n => SealedBy(heads, n, write.Now));
        var confirmed = relinker.Link();
        SignatureTransitions.ReplayPending(
            write,
            journal.Acts.Where(entry => entry.CampaignId == campaign.Id),
            database.Keys.BlindIndex,
            encryption
        );
        relinker.Revoke(held);
        ledger.InvalidateHead(write, [head]);
        // Built from the older rows, or before an import before this one.
        LedgerQueue.InvalidateAllPackets(write, campaign.Id);
        Actor.Operator.Audit(
            write,
            "ledger.import",
            campaign.Slug,
            detail: FormattableString.Invariant($"{held}-{ledgerOf.Proven}")
        );
        return new LedgerImported(
            held,
            ledgerOf.Proven,
            confirmed,
            write.Connection.QuerySingle<long>(CountUnlinked, new { campaign.Id, held })
        );
    }

    private CommitmentIndex Append(
        WriteTransaction write,
        Campaign campaign,
        IEnumerable<(string Line, string? Own)> lines,
        long held,
        ConsistencyCheck ledgerOf,
        Func<long, DateTimeOffset> sealedBy
    )
    {
        var appender = new LedgerAppender(write, ledger, campaign, held);
        var index = new CommitmentIndex();
        foreach (var (text, own) in lines)
        {
            if (ledgerOf.Add(text, own) is { } problem)
                throw new ImportRefusedException(problem);
            if (ledgerOf.Size <= held || ledgerOf.Size > ledgerOf.Proven)
                continue;
            var line = ledgerOf.Last!;
            appender.Add(line);
            if (line.Commitment is { } commitment)
                index.Add(commitment, line.N);
            if (ledgerOf.AtHead)
                appender.AddHead(ledgerOf.Root(), sealedBy(ledgerOf.Size), ledgerOf.Counts);
        }
        return ledgerOf.End() is { } tooShort ? throw new ImportRefusedException(tooShort) : index;
    }

    /// <summary>
    /// The lines of the file, each beside the one this database has in its place; before and behind
    /// it, those of the database.
    /// </summary>
    private IEnumerable<(string Line, string? Own)> Walk(long campaignId, long held, Stream file)
    {
        using var own = DatabaseLines(campaignId, held).GetEnumerator();
        var first = true;
        foreach (var line in LedgerFileReader.Read(file))
        {
            if (first)
            {
                var from = LedgerLine.Parse(line)?.N
                    ?? throw new ImportRefusedException("The file does not begin with a ledger entry.");
                if (from > held)
                    throw new ImportRefusedException(
                        $"The file begins with entry {from}, and this database has {held} entries: those between are missing."
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

    private IEnumerable<string> DatabaseLines(long campaignId, long held)
    {
        for (var from = 0L; from < held;)
        {
            var page = ledger.ReadLines(campaignId, from, held);
            if (page.Count == 0)
                throw new ImportRefusedException($"This database lacks line {from} of its own ledger: it is damaged.");
            foreach (var line in page)
                yield return line;
            from += page.Count;
        }
    }

    /// <summary>
    /// When the first head with line <paramref name="n"/> was noted in the journal.
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
