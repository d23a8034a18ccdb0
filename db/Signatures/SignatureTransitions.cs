using Campaigns.Db.Keys;
using Campaigns.Db.Ledger;
using Campaigns.Db.Writes;
using Campaigns.Ledger;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>
/// What takes a signature back or shows less of it, whoever asks: the signer, staff, or the journal
/// after a restored backup. What is asked for is noted in the journal before its commit; what the
/// journal asks for is not noted again, or it would look newer than it is.
/// </summary>
internal static class SignatureTransitions
{
    private const string WithdrawRow = """
        UPDATE signatures SET state = 'withdrawn', blind_index = NULL, index_version = NULL WHERE campaign_id = @CampaignId AND id = @Id
        """;

    /// <summary>
    /// An invalidation by mistake of the signer or of us: the person may sign anew. Any other
    /// reason keeps the address out.
    /// </summary>
    public const string Error = "error";

    private const string InvalidateRow =
        "UPDATE signatures SET state = 'invalidated', invalid_reason = @reason WHERE campaign_id = @CampaignId AND id = @Id";

    private const string FreeAddress =
        "UPDATE signatures SET blind_index = NULL, index_version = NULL WHERE campaign_id = @CampaignId AND id = @Id";

    private const string Suppress = """
        INSERT INTO suppressions (campaign_id, blind_index, index_version, reason, created_at, until)
        VALUES (@CampaignId, @blindIndex, @Version, 'not-me', @now, @until)
        ON CONFLICT (campaign_id, blind_index) DO UPDATE SET reason = excluded.reason, until = excluded.until
        """;

    private static readonly TimeSpan _notMeHolds = TimeSpan.FromDays(90);

    private const string ShowRow =
        "UPDATE signatures SET disclosure = @disclosure WHERE campaign_id = @CampaignId AND id = @Id";

    /// <summary>Whether the signature still stands and we still know whose it is.</summary>
    public static bool IsActive(SignatureRow row) =>
        row.State is SignatureState.Pending or SignatureState.Confirmed && row.IsKnown;

    public static void Withdraw(WriteTransaction write, SignatureRow row)
    {
        write.Journal(JournalEntry.Withdraw, row.CampaignId, row.Id);
        ApplyWithdrawal(write, row);
    }

    public static void Invalidate(WriteTransaction write, SignatureRow row, string reason)
    {
        write.Journal(reason == Error ? JournalEntry.InvalidateError : JournalEntry.Invalidate, row.CampaignId, row.Id);
        ApplyInvalidation(write, row, reason);
    }

    /// <summary>Lowers the disclosure.</summary>
    public static void LowerDisclosure(WriteTransaction write, SignatureRow row, Disclosure disclosure)
    {
        write.Journal(
            disclosure == Disclosure.Count ? JournalEntry.ShowCount : JournalEntry.ShowInitials,
            row.CampaignId,
            row.Id
        );
        ApplyLowerDisclosure(write, row, disclosure);
    }

    /// <summary>
    /// Somebody else used this address: erases what was signed with it and mails it nothing for
    /// this campaign for 90 days.
    /// </summary>
    public static void NotMe(WriteTransaction write, SignatureRow row, BlindIndex index, SignatureEncryption encryption)
    {
        write.Journal(JournalEntry.NotMe, row.CampaignId, row.Id);
        ApplyNotMe(write, row, index, encryption, write.Now);
    }

    private static void ApplyWithdrawal(WriteTransaction write, SignatureRow row)
    {
        CountedSignatures.Remove(write, row, SignatureState.Withdrawn, LedgerLine.BySigner);
        write.Connection.Execute(WithdrawRow, new { row.CampaignId, row.Id });
        foreach (var purpose in (string[])[Consents.Sign, Consents.Disclose, Consents.Updates])
            Consents.Withdraw(write, row.CampaignId, row.Id, purpose);
    }

    private static void ApplyInvalidation(WriteTransaction write, SignatureRow row, string reason)
    {
        CountedSignatures.Remove(write, row, SignatureState.Invalidated, LedgerLine.Invalidated);
        write.Connection.Execute(
            InvalidateRow,
            new
            {
                row.CampaignId,
                row.Id,
                reason,
            }
        );
        if (reason == Error)
            write.Connection.Execute(FreeAddress, new { row.CampaignId, row.Id });
    }

    // From the address itself: a withdrawn row has no index any more, and its owner wants no mail all the same.
    private static void ApplyNotMe(
        WriteTransaction write,
        SignatureRow row,
        BlindIndex index,
        SignatureEncryption encryption,
        DateTimeOffset asked
    )
    {
        write.Connection.Execute(
            Suppress,
            new
            {
                row.CampaignId,
                blindIndex = index.Compute(row.CampaignId, encryption.DecryptContact(row.Id, row.Contact!).Normalised),
                index.Version,
                now = asked.ToUnixTimeMilliseconds(),
                until = (asked + _notMeHolds).ToUnixTimeMilliseconds(),
            }
        );
        Erasure.Apply(write, row);
    }

    // The moment it was chosen stays: showing less must not let in a recipient who was added since.
    private static void ApplyLowerDisclosure(WriteTransaction write, SignatureRow row, Disclosure disclosure)
    {
        write.Connection.Execute(
            ShowRow,
            new
            {
                row.CampaignId,
                row.Id,
                disclosure = disclosure.Text(),
            }
        );
        Consents.Withdraw(write, row.CampaignId, row.Id, Consents.Disclose);
        if (disclosure > Disclosure.Count)
            Consents.Add(
                write,
                row.CampaignId,
                row.Id,
                Consents.Disclose,
                row.TextHash!,
                row.PrivacyVersion!,
                row.Locale!,
                disclosure
            );
        if (row.LedgerN is { } n)
            LedgerQueue.InvalidatePackets(write, row.CampaignId, n, row.LineCountry!);
    }

    /// <summary>
    /// Whether a journalled act has not been carried out on this row: after a crash never, after a
    /// restored backup often.
    /// </summary>
    public static bool IsPending(SignatureRow row, JournalEntry entry) =>
        entry.Kind switch
        {
            JournalEntry.Erase => row.State != SignatureState.Erased,
            JournalEntry.NotMe => row.State != SignatureState.Erased && row.IsKnown,
            JournalEntry.Withdraw or JournalEntry.Invalidate or JournalEntry.InvalidateError => IsActive(row),
            // Whoever chose to show more afterwards did so at a later moment, which the row carries.
            JournalEntry.ShowCount or JournalEntry.ShowInitials => IsActive(row)
                && Disclosures.Parse(row.Disclosure!) > Shown(entry)
                && row.DisclosedAt < entry.At.ToUnixTimeMilliseconds(),
            _ => false,
        };

    /// <summary>
    /// Carries out what of these journalled acts is still open, in their order; returns how many.
    /// </summary>
    public static int ReplayPending(
        WriteTransaction write,
        IEnumerable<JournalEntry> entries,
        BlindIndex index,
        SignatureEncryption encryption
    )
    {
        var carried = 0;
        foreach (var entry in entries)
        {
            // Looked at each time: an act before it in the journal may have settled it.
            if (SignatureRow.Find(write, entry.CampaignId, entry.SignatureId) is not { } row || !IsPending(row, entry))
                continue;
            Replay(write, row, entry, index, encryption);
            carried++;
        }
        return carried;
    }

    private static void Replay(
        WriteTransaction write,
        SignatureRow row,
        JournalEntry entry,
        BlindIndex index,
        SignatureEncryption encryption
    )
    {
        switch (entry.Kind)
        {
            case JournalEntry.Erase:
                Erasure.Apply(write, row);
                break;
            case JournalEntry.NotMe:
                ApplyNotMe(write, row, index, encryption, entry.At);
                break;
            case JournalEntry.Withdraw:
                ApplyWithdrawal(write, row);
                break;
            case JournalEntry.Invalidate or JournalEntry.InvalidateError:
                ApplyInvalidation(write, row, entry.Kind == JournalEntry.InvalidateError ? Error : "journal");
                break;
            default:
                ApplyLowerDisclosure(write, row, Shown(entry));
                break;
        }
    }

    private static Disclosure Shown(JournalEntry entry) =>
        entry.Kind == JournalEntry.ShowInitials ? Disclosure.Initials : Disclosure.Count;
}
