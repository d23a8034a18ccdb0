using Campaigns.Db.Engine;
using Campaigns.Db.Ledger;
using Campaigns.Db.Signatures;
using Campaigns.Ledger;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Operations;

/// <summary>
/// Links imported lines to the signatures of a restored database. A published line overrides an
/// older row: an add line proves a confirmed signature without a hold, a remove line a removed
/// signature.
/// </summary>
/// <param name="write">The import's transaction.</param>
/// <param name="campaignId">The campaign.</param>
/// <param name="index">The imported adds.</param>
/// <param name="sealedBy">The time by which the line of a number was published.</param>
internal sealed class SignatureRelinker(
    WriteTransaction write,
    long campaignId,
    CommitmentIndex index,
    Func<long, DateTimeOffset> sealedBy
)
{
    private const int Page = 1_000;

    private const string SelectUnsealed = $"""
        SELECT {SignatureRow.Columns} FROM signatures
        WHERE campaign_id = @campaignId AND id > @after AND ledger_n IS NULL AND commitment IS NOT NULL
        ORDER BY id LIMIT @Page
        """;

    private const string SelectLine =
        "SELECT n, line FROM ledger_entries {batch} WHERE campaign_id = @campaignId AND n = @n";

    private const string LinkEntry = """
        UPDATE ledger_entries SET signature_id = @id, text_hash = @textHash {batch}
        WHERE campaign_id = @campaignId AND n = @n
        """;

    private const string LinkRow =
        "UPDATE signatures SET ledger_n = @n {batch} WHERE campaign_id = @campaignId AND id = @id";

    private const string ConfirmRow = """
        UPDATE signatures SET state = 'confirmed', hold_reason = NULL, confirmed_at = @at {batch}
        WHERE campaign_id = @campaignId AND id = @id
        """;

    private const string DeleteRemoves = """
        DELETE FROM ledger_queue WHERE campaign_id = @campaignId AND kind = 'remove' AND EXISTS (
            SELECT 1 FROM ledger_entries e
            WHERE e.campaign_id = ledger_queue.campaign_id AND e.n = ledger_queue.of_n AND e.removed_by IS NOT NULL)
        """;

    private const string SelectRevoked = """
        SELECT s.id, r.line FROM ledger_entries e
        JOIN signatures s ON s.campaign_id = e.campaign_id AND s.id = e.signature_id
        JOIN ledger_entries r ON r.campaign_id = e.campaign_id AND r.n = e.removed_by
        WHERE e.campaign_id = @campaignId AND e.removed_by >= @from AND s.state = 'confirmed' ORDER BY s.id
        """;

    /// <summary>
    /// Links lines and signatures by commitment; returns how many signatures are counted in
    /// addition.
    /// </summary>
    public long Link()
    {
        long confirmed = 0,
            after = 0;
        while (true)
        {
            var rows = write
                .Connection.Query<SignatureRow>(
                    SelectUnsealed,
                    new
                    {
                        campaignId,
                        after,
                        Page,
                    }
                )
                .ToList();
            var lines = Find([.. rows.Select(row => (row.LineCountry, row.Commitment))]);
            LedgerQueue.RevokeAdds(
                write,
                campaignId,
                rows.Where((_, place) => lines[place] is not null).Select(row => row.Id)
            );
            foreach (var (place, row) in rows.Index())
            {
                if (lines[place] is { } n && Link(row, n))
                    confirmed++;
            }
            if (rows.Count < Page)
                break;
            after = rows[^1].Id;
        }
        UnresolvedRemovals.Discard(write, campaignId, Find);
        write.Connection.Execute(DeleteRemoves, new { campaignId });
        return confirmed;
    }

    /// <summary>
    /// Removes signatures that are still confirmed, although a line from <paramref name="from"/> on
    /// removes them. The journal has replayed most removals before. The line does not tell
    /// withdrawal from erasure; this withdraws, because the signer can still erase.
    /// </summary>
    public void Revoke(long from)
    {
        foreach (
            var (id, line) in write
                .Connection.Query<(long Id, string Line)>(SelectRevoked, new { campaignId, from })
                .ToList()
        )
        {
            var row = SignatureRow.Find(write, campaignId, id)!;
            if (LedgerLine.Parse(line)!.Reason == LedgerLine.Invalidated)
                SignatureTransitions.Invalidate(write, row, "ledger");
            else
                SignatureTransitions.Withdraw(write, row);
        }
    }

    // The line of a damaged row is not found, and counts as a line without a signature.
    private List<long?> Find(IReadOnlyList<(string? Country, byte[]? Commitment)> signatures)
    {
        var candidates = signatures
            .Select(one =>
                one.Country is not null && one.Commitment is { Length: LedgerLine.CommitmentBytes } commitment
                    ? index.Find(commitment).ToList()
                    : []
            )
            .ToList();
        var lines = write
            .ReadEach(
                SelectLine,
                [.. candidates.SelectMany(numbers => numbers).Distinct()],
                (statement, n) => statement.Set("@campaignId", campaignId).Set("@n", n),
                row => (N: row.Long(0), Text: row.Text(1))
            )
            .ToDictionary(line => line.N, line => line.Text);
        return
        [
            .. signatures.Select(
                (one, place) =>
                    candidates[place]
                        .Where(n =>
                            lines.GetValueOrDefault(n) == LedgerLine.OfAdd(n, one.Country!, one.Commitment!).Text
                        )
                        .Select(n => (long?)n)
                        .FirstOrDefault()
            ),
        ];
    }

    private bool Link(SignatureRow row, long n)
    {
        write
            .Prepare(LinkEntry)
            .Set("@campaignId", campaignId)
            .Set("@id", row.Id)
            .Set("@textHash", row.TextHash)
            .Set("@n", n)
            .Defer();
        write.Prepare(LinkRow).Set("@campaignId", campaignId).Set("@id", row.Id).Set("@n", n).Defer();
        var transition = SignatureLifecycle.Find(row.Phase, SignatureAct.ImportLine);
        if (transition.Ledger(row.Phase) == LedgerEffect.Remove)
            LedgerQueue.Remove(write, campaignId, row.Id, n, row.LineCountry!, transition.RemoveReason);
        if (transition.ChangesRow)
            Confirm(row, n);
        return transition.ChangesRow;
    }

    // The line does not contain the time of confirmation. The time of publication is at most minutes later.
    private void Confirm(SignatureRow row, long n)
    {
        var at = row.ConfirmedAt ?? Math.Max(row.SignedAt!.Value, sealedBy(n).ToUnixTimeMilliseconds());
        write.Prepare(ConfirmRow).Set("@campaignId", row.CampaignId).Set("@id", row.Id).Set("@at", at).Defer();
        write.Count(row.CampaignId, row.Country, row.Bucket, -1);
        write.Count(row.CampaignId, row.Country, SignatureState.Confirmed, 1);
        write.CountConfirmed(row.CampaignId, at, row.Country, 1);
        if (row.ConfirmedAt is null)
            write.CountStep(
                SigningStep.Press,
                row.CampaignId,
                Instant.FromMilliseconds(at),
                row.Country,
                MailProvider.Unknown
            );
    }
}
