using Campaigns.Crypto;
using Campaigns.Db.Engine;
using Campaigns.Db.Signatures;
using Campaigns.Letters;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Bounces;

/// <summary>Finds and marks letters that came back.</summary>
internal static class ReturnedLetters
{
    private const string SelectPeople = """
        SELECT l.id, l.campaign_id, l.signature_id, l.subscriber_id, l.kind, l.state, l.failure, l.lease_until
        FROM campaigns c JOIN letters l ON l.campaign_id = c.id AND l.id = @Id {for_update l}
        """;

    private const string SelectUpdate = """
        SELECT l.id, g.campaign_id, l.subscriber_id, l.update_id, '' AS kind, l.state, l.failure, l.lease_until
        FROM update_letters l JOIN sendings g ON g.update_id = l.update_id
        WHERE l.id = @Id {for_update l}
        """;

    private const string SelectMember =
        "SELECT id, kind, state, failure, lease_until FROM staff_letters WHERE id = @Id {for_update}";

    private const string SelectContact =
        "SELECT contact FROM signatures WHERE campaign_id = @campaignId AND id = @id AND contact IS NOT NULL";

    /// <summary>The letter, locked; null if its row is gone.</summary>
    public static ReturnedLetter? Find(WriteTransaction write, LetterTag tag)
    {
        var (sql, table) = tag.Outbox switch
        {
            LetterOutbox.People => (SelectPeople, "letters"),
            LetterOutbox.Updates => (SelectUpdate, "update_letters"),
            LetterOutbox.Members => (SelectMember, "staff_letters"),
            _ => ("", ""),
        };
        if (sql.Length == 0)
            return null;
        var letter = write.Connection.QuerySingleOrDefault<ReturnedLetter>(write.Sql(sql), new { tag.Id });
        return letter is null ? null : letter with { Table = table };
    }

    /// <summary>
    /// A letter that was sent failed after all, and is counted once; it is not sent once more.
    /// False if an earlier report said so. A complaint leaves the letter and is always new.
    /// </summary>
    public static bool MarkReturned(WriteTransaction write, ReturnedLetter letter, BounceReport report)
    {
        if (report.Kind != BounceKind.Complaint)
        {
            if (!letter.MayHaveArrived)
                return false;
            write.Connection.Execute(
                $"UPDATE {letter.Table} SET state = '{LetterState.Failed}', failure = @Code WHERE id = @Id",
                new { report.Code, letter.Id }
            );
        }
        if (letter.CampaignId is { } campaignId)
            write.CountLetter(campaignId, LetterFate.Bounced, report.Code);
        return true;
    }

    public static EmailAddress? SignerAddress(
        WriteTransaction write,
        SignatureEncryption signatures,
        long campaignId,
        long id
    ) =>
        write.Connection.QuerySingleOrDefault<byte[]?>(SelectContact, new { campaignId, id }) is { } contact
            ? EmailAddress.Parse(signatures.DecryptContact(id, contact).Email).Address
            : null;
}
