using Campaigns.Db.Campaigns;
using Campaigns.Db.Keys;
using Campaigns.Db.Staff;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>
/// The addresses that get no letters, for staff: how many, whether a given one is among them, and
/// the end of its suppression.
/// </summary>
public sealed class SuppressionStore(Database database, KeyRing keys, CampaignStore campaigns, TimeProvider time)
{
    private const string CountByReason = """
        SELECT reason, count(*) AS addresses FROM suppressions WHERE campaign_id = @campaignId AND until > @now
        GROUP BY reason ORDER BY reason
        """;

    private const string SelectOfAddress = """
        SELECT id, campaign_id, reason, created_at, until FROM suppressions
        WHERE campaign_id = @campaignId AND blind_index = @index AND until > @now
        """;

    private const string SelectById =
        "SELECT id, campaign_id, reason, created_at, until FROM suppressions WHERE id = @id";

    // A mailbox that no campaign mails; a suppression that follows it shows it already.
    private const string SelectEverywhere = $"""
        SELECT id, NULL AS campaign_id, '{Suppressions.Bounced}' AS reason, changed_at AS created_at,
               suppressed_until AS until
        FROM refused_mailboxes WHERE suppressed_until > @now
        """;

    // The mailbox of the suppression, or the id itself if it is a mailbox's.
    private const string SelectLifted = """
        SELECT campaign_id, mailbox_id FROM suppressions WHERE id = @id
        UNION ALL SELECT NULL AS campaign_id, id AS mailbox_id FROM refused_mailboxes
        WHERE id = @id AND suppressed_until IS NOT NULL
        """;

    // The word of an owner that they did not sign stays, whatever their mailbox does.
    private const string Delete = $"""
        DELETE FROM suppressions
        WHERE id = @id OR mailbox_id = @mailboxId AND reason = '{Suppressions.Bounced}'
        """;

    private const string DeleteMailbox = "DELETE FROM refused_mailboxes WHERE id = @mailboxId";

    public IReadOnlyList<SuppressionCount> Count(long campaignId)
    {
        using var connection = database.Read();
        return
        [
            .. connection.Query<SuppressionCount>(
                CountByReason,
                new { campaignId, now = time.UtcNow().ToUnixTimeMilliseconds() }
            ),
        ];
    }

    /// <summary>The suppressions of an address in all campaigns. The look is audited.</summary>
    public async Task<IReadOnlyList<FoundSuppression>> FindAsync(EmailAddress email, Actor actor)
    {
        var found = Find(email);
        await database.Writes.RunAsync(write =>
        {
            actor.Audit(write, "suppression.find");
            return true;
        });
        return found;
    }

    public bool Has(long id) => Find(id) is not null;

    /// <summary>A suppression, also one that has ended and is not deleted yet.</summary>
    public FoundSuppression? Find(long id)
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<FoundSuppression>(SelectById, new { id })
            ?? connection.QuerySingleOrDefault<FoundSuppression>(
                $"{SelectEverywhere} AND id = @id",
                new { id, now = time.UtcNow() }
            );
    }

    /// <summary>
    /// Ends a suppression: the address may sign and gets letters again, those of other campaigns
    /// too if the mailbox refused letters. Audited with the reason.
    /// </summary>
    public Task<Refusal?> LiftAsync(long id, string reason, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            if (write.Connection.QueryFirstOrDefault<LiftedRow>(SelectLifted, new { id }) is not { } lifted)
                return Refusal.NotFound;
            var mailboxId = lifted.MailboxId;
            write.Connection.Execute(Delete, new { id, mailboxId });
            write.Connection.Execute(DeleteMailbox, new { mailboxId });
            var slug = lifted.CampaignId is { } campaignId ? campaigns.Get(campaignId).Slug : null;
            actor.Audit(write, "suppression.lift", slug, Ids.Text(id), reason);
            return null;
        });

    // The index of an address differs between campaigns, so each is looked up.
    private List<FoundSuppression> Find(EmailAddress email)
    {
        using var connection = database.Read();
        var now = time.UtcNow().ToUnixTimeMilliseconds();
        List<FoundSuppression> found = [];
        foreach (var campaign in campaigns.List())
        {
            foreach (var index in keys.BlindIndex.Candidates(campaign.Id, email.Normalised))
                found.AddRange(
                    connection.Query<FoundSuppression>(
                        SelectOfAddress,
                        new
                        {
                            campaignId = campaign.Id,
                            index,
                            now,
                        }
                    )
                );
        }
        foreach (var hash in keys.BlindIndex.RefusedCandidates(email.Normalised))
            found.AddRange(
                connection.Query<FoundSuppression>(
                    $"""
                    {SelectEverywhere} AND hash = @hash
                      AND NOT EXISTS (SELECT 1 FROM suppressions s WHERE s.mailbox_id = refused_mailboxes.id)
                    """,
                    new { hash, now }
                )
            );
        return found;
    }

    private sealed class LiftedRow
    {
        public required long? CampaignId { get; init; }
        public required long? MailboxId { get; init; }
    }
}
