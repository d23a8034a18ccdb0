using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Ends the links of a signer, for the signer or for the journal after a restored backup.
/// </summary>
internal static class EndedLinks
{
    private const string SetManageGeneration =
        "UPDATE signatures SET manage_generation = @generation WHERE campaign_id = @CampaignId AND id = @Id";

    // The link that confirmed the signature repeats its answer for some days, which has a new manage token.
    private const string EndConfirmLink = """
        UPDATE signatures SET confirm_generation = confirm_generation + 1
        WHERE campaign_id = @CampaignId AND id = @Id
        """;

    /// <summary>
    /// Ends all links of before, in a restored backup too. Returns the generation of the only
    /// manage link that works from now on.
    /// </summary>
    public static long End(WriteTransaction write, SignatureRow row)
    {
        var generation = row.ManageGeneration + 1;
        write.Journal(JournalEntry.EndLinks, row.CampaignId, row.Id, generation);
        Apply(write, row, generation);
        return generation;
    }

    /// <summary>Ends the manage links below this generation without a journal entry.</summary>
    public static void Raise(WriteTransaction write, SignatureRow row, long generation) =>
        write.Connection.Execute(
            SetManageGeneration,
            new
            {
                row.CampaignId,
                row.Id,
                generation,
            }
        );

    /// <summary>Ends all links below this generation without a journal entry.</summary>
    public static void Apply(WriteTransaction write, SignatureRow row, long generation)
    {
        Raise(write, row, generation);
        // A pending signature keeps the link in its letter.
        if (row.State != SignatureState.Pending)
            write.Connection.Execute(EndConfirmLink, new { row.CampaignId, row.Id });
    }
}
