using Campaigns.Db.Engine;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Subscribers;

/// <summary>
/// Makes subscribers of the confirmed signatures whose signers want updates. It walks the lines of
/// a campaign's ledger: they have no gaps and only grow, in one order for all processes, and
/// signing and confirming write them anyway. A signature on hold has a line once it is released.
/// </summary>
public sealed class SubscriberWalk(Database database, SignerSubscriptions subscriptions)
{
    /// <summary>
    /// The lines of one step. It is small, because signers wait behind each step on the single
    /// writer.
    /// </summary>
    public const int Lines = 200;

    private const string SelectBehind = """
        SELECT c.id AS campaign_id, COALESCE(w.ledger_n, 0) AS walked, c.ledger_size AS size
        FROM campaigns c LEFT JOIN subscriber_walks w ON w.campaign_id = c.id
        WHERE c.ledger_size > COALESCE(w.ledger_n, 0)
        ORDER BY c.id
        """;

    private const string SelectSigners = $"""
        SELECT e.n, e.signature_id FROM ledger_entries e
        JOIN signatures s ON s.campaign_id = e.campaign_id AND s.id = e.signature_id
        WHERE e.campaign_id = @CampaignId AND e.n >= @from AND e.n < @Size AND e.kind = 'add'
          AND s.updates = 1 AND s.state = '{SignatureState.Confirmed}'
        ORDER BY e.n LIMIT @Lines
        """;

    // Another worker that made this step first has raised the number; then nothing is changed here.
    private const string Advance = """
        INSERT INTO subscriber_walks (campaign_id, ledger_n) VALUES (@CampaignId, @to)
        ON CONFLICT (campaign_id) DO UPDATE SET ledger_n = excluded.ledger_n
        WHERE subscriber_walks.ledger_n = @from
        """;

    /// <summary>Campaigns with lines that were not walked.</summary>
    public IReadOnlyList<WalkedCampaign> FindBehind()
    {
        using var connection = database.Read();
        return [.. connection.Query<WalkedCampaign>(SelectBehind)];
    }

    /// <summary>
    /// Walks some lines; returns how far the campaign is walked now, and null if another worker
    /// walks it.
    /// </summary>
    public async Task<WalkedCampaign?> StepAsync(WalkedCampaign campaign, CancellationToken cancellationToken)
    {
        List<SignerRow> signers;
        using (var connection = database.Read())
            signers =
            [
                .. connection.Query<SignerRow>(
                    SelectSigners,
                    new
                    {
                        campaign.CampaignId,
                        from = campaign.Walked,
                        campaign.Size,
                        Lines,
                    }
                ),
            ];
        // Fewer than the limit: the rest of the lines has no such signer.
        var to = signers.Count == Lines ? signers[^1].N + 1 : campaign.Size;
        var walked = await database.Writes.RunAsync(
            write =>
                Advances(write, campaign, to)
                && Subscribe(write, campaign.CampaignId, [.. signers.Select(signer => signer.SignatureId)]),
            cancellationToken
        );
        return walked ? campaign with { Walked = to } : null;
    }

    private static bool Advances(WriteTransaction write, WalkedCampaign campaign, long to) =>
        write.Connection.Execute(
            Advance,
            new
            {
                campaign.CampaignId,
                to,
                from = campaign.Walked,
            }
        ) > 0;

    // Read again, because a signer may have left since.
    private bool Subscribe(WriteTransaction write, long campaignId, IReadOnlyList<long> ids)
    {
        foreach (var row in SignatureRow.Find(write, [.. ids.Select(id => (campaignId, id))]).Values)
        {
            if (row is { IsKnown: true, State: SignatureState.Confirmed })
                subscriptions.Subscribe(write, row);
        }
        return true;
    }

    private sealed class SignerRow
    {
        public required long N { get; init; }
        public required long SignatureId { get; init; }
    }
}
