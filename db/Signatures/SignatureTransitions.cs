using Campaigns.Crypto;
using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Db.Packets;
using Campaigns.Db.Subscribers;
using Campaigns.Packets;
using Campaigns.Signatures;
using Campaigns.Subscribers;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Withdraws, releases, invalidates, erases or lowers the disclosure of signatures, for the signer,
/// staff or the journal after a restored backup, which ends links and updates again too. A new
/// change is written to the journal before its commit. A replayed change is not, because it would
/// get a later date.
/// </summary>
internal static class SignatureTransitions
{
    private const string WithdrawRow = """
        UPDATE signatures
        SET state = 'withdrawn', blind_index = NULL, folded_index = NULL, index_version = NULL,
            invalidation = NULL, undo_until = NULL, undo_index = NULL
        WHERE campaign_id = @CampaignId AND id = @Id
        """;

    private const string InvalidateRow = """
        UPDATE signatures SET state = 'invalidated', invalid_reason = @reason
        WHERE campaign_id = @CampaignId AND id = @Id
        """;

    private const string ReleaseRow =
        "UPDATE signatures SET hold_reason = NULL WHERE campaign_id = @CampaignId AND id = @Id";

    private const string FreeAddress = """
        UPDATE signatures SET blind_index = NULL, folded_index = NULL, index_version = NULL
        WHERE campaign_id = @CampaignId AND id = @Id
        """;

    private const string SetPerson = """
        UPDATE signatures SET person = @person, corrected_at = @now WHERE campaign_id = @CampaignId AND id = @Id
        """;

    private const string SetDisclosure =
        "UPDATE signatures SET disclosure = @disclosure WHERE campaign_id = @CampaignId AND id = @Id";

    public static void Withdraw(WriteTransaction write, SignatureRow row)
    {
        write.Journal(JournalEntry.Withdraw, row.CampaignId, row.Id);
        ApplyWithdrawal(write, row);
    }

    /// <summary>Ends the hold of a signature that has one.</summary>
    public static void Release(WriteTransaction write, SignatureRow row)
    {
        write.Connection.Execute(ReleaseRow, new { row.CampaignId, row.Id });
        CountedSignatures.Apply(write, row, SignatureLifecycle.Find(row.Phase, SignatureAct.Release));
    }

    public static void Invalidate(WriteTransaction write, SignatureRow row, string reason)
    {
        var kind = reason == SignatureLifecycle.Error ? JournalEntry.InvalidateError : JournalEntry.Invalidate;
        write.Journal(kind, row.CampaignId, row.Id);
        ApplyInvalidation(write, row, reason);
    }

    /// <summary>
    /// Corrects name and place. The journal has no name, so a restored backup that has the old one
    /// shows the signer as a number until they choose again.
    /// </summary>
    public static void Correct(WriteTransaction write, SignatureRow row, Person person, SignatureEncryption encryption)
    {
        write.Journal(JournalEntry.Correct, row.CampaignId, row.Id);
        using var encryptor = encryption.Row(row.Id);
        write.Connection.Execute(
            SetPerson,
            new
            {
                row.CampaignId,
                row.Id,
                person = encryptor.Person(person.Name, person.Locality),
                now = write.Now.ToUnixTimeMilliseconds(),
            }
        );
        MakePacketsStale(write, row, SignatureAct.CorrectPerson, StaleCause.Corrected);
    }

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
    /// The owner of the address did not sign: erases the signature and suppresses letters of this
    /// campaign to the address for <see cref="SignatureLifecycle.NotMeSuppression"/>.
    /// </summary>
    public static void NotMe(WriteTransaction write, SignatureRow row, BlindIndex index, SignatureEncryption encryption)
    {
        write.Journal(JournalEntry.NotMe, row.CampaignId, row.Id);
        ApplyNotMe(write, row, index, encryption, write.Now);
    }

    private static void ApplyWithdrawal(WriteTransaction write, SignatureRow row)
    {
        CountedSignatures.Apply(write, row, SignatureLifecycle.Find(row.Phase, SignatureAct.Withdraw));
        write.Connection.Execute(WithdrawRow, new { row.CampaignId, row.Id });
        foreach (var purpose in (string[])[Consents.Sign, Consents.Disclose, Consents.Updates])
            Consents.Withdraw(write, row.CampaignId, row.Id, purpose);
    }

    private static void ApplyInvalidation(WriteTransaction write, SignatureRow row, string reason)
    {
        var transition = SignatureLifecycle.Find(row.Phase, SignatureLifecycle.Invalidation(reason));
        CountedSignatures.Apply(write, row, transition);
        write.Connection.Execute(
            InvalidateRow,
            new
            {
                row.CampaignId,
                row.Id,
                reason,
            }
        );
        if (transition.Address == SignerAddress.Freed)
            write.Connection.Execute(FreeAddress, new { row.CampaignId, row.Id });
    }

    // The index is computed from the address, because a withdrawn row has none and its address is suppressed too.
    private static void ApplyNotMe(
        WriteTransaction write,
        SignatureRow row,
        BlindIndex index,
        SignatureEncryption encryption,
        DateTimeOffset requestedAt
    )
    {
        var email = encryption.DecryptContact(row.Id, row.Contact!).Normalised;
        Suppressions.Add(
            write,
            row.CampaignId,
            index.Address(row.CampaignId, email),
            Suppressions.NotMe,
            requestedAt,
            SignatureLifecycle.NotMeSuppression
        );
        Erasure.Apply(write, row, SignatureLifecycle.Find(row.Phase, SignatureAct.NotMe));
    }

    // disclosed_at stays: a lower disclosure must not apply to a recipient who was added since the choice.
    private static void ApplyLowerDisclosure(WriteTransaction write, SignatureRow row, Disclosure disclosure)
    {
        write.Connection.Execute(
            SetDisclosure,
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
        MakePacketsStale(write, row, SignatureAct.LowerDisclosure, StaleCause.Lowered);
    }

    private static void MakePacketsStale(WriteTransaction write, SignatureRow row, SignatureAct act, string cause)
    {
        var transition = SignatureLifecycle.Find(row.Phase, act);
        if (transition.Packets == StalePackets.WithLine && row.LedgerN is { } n)
            PacketInvalidation.InvalidateEntry(write, row.CampaignId, n, row.LineCountry!, cause);
    }

    /// <summary>
    /// True if a change in the journal is missing from this row. After a crash none is missing;
    /// after a restored backup many can be.
    /// </summary>
    public static bool IsPending(SignatureRow row, JournalEntry entry) =>
        entry.Kind switch
        {
            JournalEntry.Erase => Changes(row, SignatureAct.Erase),
            // The suppression needs the stored address.
            JournalEntry.NotMe => Changes(row, SignatureAct.NotMe) && row.IsKnown,
            JournalEntry.Withdraw => Changes(row, SignatureAct.Withdraw),
            JournalEntry.Invalidate => Changes(row, SignatureAct.Invalidate),
            JournalEntry.InvalidateError => Changes(row, SignatureAct.InvalidateError),
            // Undone since, by this or another process.
            JournalEntry.BulkInvalidate => Changes(row, SignatureAct.BulkInvalidate)
                && (row.UndoneAt ?? 0) < entry.At.ToUnixTimeMilliseconds(),
            // If the signer raised the disclosure later, the row's disclosed_at is later than the entry.
            JournalEntry.ShowCount or JournalEntry.ShowInitials => CanShowLess(row)
                && Disclosures.Parse(row.Disclosure!) > Shown(entry)
                && row.DisclosedAt < entry.At.ToUnixTimeMilliseconds(),
            // The row has the name from before the correction.
            JournalEntry.Correct => CanShowLess(row)
                && Disclosures.Parse(row.Disclosure!) > Disclosure.Count
                && (row.CorrectedAt ?? 0) < entry.At.ToUnixTimeMilliseconds()
                && row.DisclosedAt < entry.At.ToUnixTimeMilliseconds(),
            // Whether the signer wanted updates again later is known from the consents; the replay reads them.
            JournalEntry.StopUpdates => row.IsKnown && row.Updates != 0,
            JournalEntry.EndLinks or JournalEntry.NewLink => row.IsKnown && row.ManageGeneration < entry.Generation,
            _ => false,
        };

    /// <summary>
    /// Applies the pending ones of these journal entries, in order; returns how many.
    /// </summary>
    public static int ReplayPending(
        WriteTransaction write,
        IEnumerable<JournalEntry> entries,
        BlindIndex index,
        SignatureEncryption encryption,
        SignerSubscriptions subscriptions
    )
    {
        var replayed = 0;
        foreach (var entry in entries)
        {
            // The row is read for each entry, because an earlier entry may have changed it.
            if (SignatureRow.Find(write, entry.CampaignId, entry.SignatureId) is not { } row || !IsPending(row, entry))
                continue;
            if (Replay(write, row, entry, index, encryption, subscriptions))
                replayed++;
        }
        return replayed;
    }

    private static bool Replay(
        WriteTransaction write,
        SignatureRow row,
        JournalEntry entry,
        BlindIndex index,
        SignatureEncryption encryption,
        SignerSubscriptions subscriptions
    )
    {
        switch (entry.Kind)
        {
            case JournalEntry.Erase:
                subscriptions.EndAsOf(write, row, entry.At, SubscriberEnd.Erased);
                Erasure.Apply(write, row, SignatureLifecycle.Find(row.Phase, SignatureAct.Erase));
                break;
            case JournalEntry.NotMe:
                ApplyNotMe(write, row, index, encryption, entry.At);
                break;
            case JournalEntry.Withdraw:
                subscriptions.Keep(write, row);
                ApplyWithdrawal(write, row);
                break;
            case JournalEntry.Invalidate or JournalEntry.InvalidateError:
                ApplyInvalidation(
                    write,
                    row,
                    entry.Kind == JournalEntry.InvalidateError ? SignatureLifecycle.Error : "journal"
                );
                break;
            case JournalEntry.BulkInvalidate:
                BulkInvalidation.Apply(write, row, entry.Invalidation, "journal", entry.At);
                break;
            case JournalEntry.StopUpdates:
                subscriptions.EndAsOf(write, row, entry.At, SubscriberEnd.Unsubscribed);
                return SignerCorrection.StopUpdates(write, row, entry.At);
            case JournalEntry.EndLinks:
                EndedLinks.Apply(write, row, entry.Generation!.Value);
                break;
            case JournalEntry.NewLink:
                EndedLinks.Raise(write, row, entry.Generation!.Value);
                break;
            default:
                ApplyLowerDisclosure(write, row, Shown(entry));
                break;
        }
        return true;
    }

    private static bool Changes(SignatureRow row, SignatureAct act) =>
        SignatureLifecycle.Find(row.Phase, act).ChangesRow;

    // One that is bulk invalidated shows nothing, but an undo would show it again.
    private static bool CanShowLess(SignatureRow row) =>
        Changes(row, SignatureAct.LowerDisclosure) || row.Phase.CanUndo();

    private static Disclosure Shown(JournalEntry entry) =>
        entry.Kind == JournalEntry.ShowInitials ? Disclosure.Initials : Disclosure.Count;
}
