using System.Security.Cryptography;
using System.Text;
using Campaigns.Db.Engine;
using Campaigns.Db.Keys;
using Campaigns.Db.Letters;
using Campaigns.Db.Sendings;
using Campaigns.Db.Signatures;
using Campaigns.Db.Subscribers;
using Campaigns.Letters;
using Campaigns.Signatures;
using Campaigns.Subscribers;
using Dapper;

namespace Campaigns.Db.Bounces;

/// <summary>
/// Applies genuine reports of letters that came back, and complaints. A letter comes back once;
/// what a second report says of it changes nothing.
/// </summary>
public sealed class BounceStore(
    Database database,
    KeyRing keys,
    SignatureEncryption signatures,
    SubscriberEncryption subscribers
)
{
    private const string Remember =
        "INSERT INTO seen_reports (hash, seen_at) VALUES (@hash, @now) ON CONFLICT (hash) DO NOTHING";

    private const string SelectCampaigns = "SELECT id FROM campaigns ORDER BY id";

    /// <summary>True if a key of this installation made the tag.</summary>
    public bool IsGenuine(string tag) => keys.Tokens.TryReadLetterTag(tag, out _);

    /// <summary>
    /// Applies the reports, unless one with this token was applied before or one of their letters
    /// is still being sent.
    /// </summary>
    /// <param name="reports">What they say.</param>
    /// <param name="token">What the sender uses once; null where the letter tells.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<ReportResult> ApplyAsync(
        IReadOnlyList<BounceReport> reports,
        string? token,
        CancellationToken cancellation = default
    ) =>
        database.Writes.RunAsync(
            write =>
            {
                // A server may report a letter before its sending is recorded, within a second. A complaint changes
                // no letter, and does not wait.
                if (
                    reports.Any(report =>
                        report.Kind != BounceKind.Complaint && Find(write, report)?.IsLeaving(write.Now) == true
                    )
                )
                    return ReportResult.TooEarly;
                if (token is not null && !IsNew(write, token))
                    return ReportResult.Repeated;
                foreach (var report in reports)
                    Apply(write, report);
                return ReportResult.Applied;
            },
            cancellation
        );

    private static bool IsNew(WriteTransaction write, string token) =>
        write.Connection.Execute(
            Remember,
            new { hash = SHA256.HashData(Encoding.UTF8.GetBytes(token)), now = write.Now }
        ) > 0;

    private void Apply(WriteTransaction write, BounceReport report)
    {
        if (report.Kind == BounceKind.Other && report.Tag is null)
            return;
        var letter = Find(write, report);
        // The address of our letter counts, because the server of its reader may report another one. That of a
        // provider's own record stands in for a letter that is gone with its person.
        var email = (letter is null ? null : FindAddress(write, letter)) ?? EmailAddress.Parse(report.Address).Address;
        if (letter is not null && !ReturnedLetters.MarkReturned(write, letter, report))
            return;
        if (report.Kind == BounceKind.Complaint)
            ApplyComplaint(write, email, report.Code);
        else if (email is not null)
            Record(write, letter, email, report);
    }

    private ReturnedLetter? Find(WriteTransaction write, BounceReport report) =>
        report.Tag is { } text && keys.Tokens.TryReadLetterTag(text, out var tag)
            ? ReturnedLetters.Find(write, tag)
            : null;

    private void Record(WriteTransaction write, ReturnedLetter? letter, EmailAddress email, BounceReport report)
    {
        if (letter is { SignatureId: { } signatureId, CampaignId: { } ofSignature })
            LetterOutcomeWriter.RecordRefusal(
                write,
                keys.BlindIndex,
                new RefusedLetter(ofSignature, signatureId, letter.Id, letter.Kind),
                email,
                report.Kind,
                report.Code
            );
        else if (letter is { CampaignId: { } ofSubscriber })
            SubscriberRefusals.Record(write, keys.BlindIndex, ofSubscriber, email, report.Kind, report.Code);
        else
            RefusedMailboxes.Apply(write, keys.BlindIndex, email, report.Kind, report.Code);
        if (letter?.UpdateId is { } updateId)
            UpdateOutcomeWriter.PauseIfRefused(write, updateId);
    }

    // A complaint about one letter ends the subscriptions of the address too.
    private void ApplyComplaint(WriteTransaction write, EmailAddress? email, string code)
    {
        if (email is null)
            return;
        RefusedMailboxes.Apply(write, keys.BlindIndex, email, BounceKind.Complaint, code);
        foreach (var campaignId in write.Connection.Query<long>(SelectCampaigns).ToList())
        {
            var lookups = keys
                .BlindIndex.Candidates(campaignId, email.Normalised)
                .Select(index => new LookupKey(0, campaignId, index))
                .ToList();
            // The signature first, as everywhere, so that concurrent transactions do not deadlock.
            foreach (var signature in SigningTable.FindKnown(write, lookups).Values)
                SignerCorrection.StopUpdates(write, signature);
            var candidates = subscribers.Candidates(campaignId, email.Normalised);
            if (SubscriberTable.Find(write, campaignId, candidates) is { IsEnded: false } subscriber)
                EndedSubscriptions.End(write, subscriber, SubscriberEnd.Complained);
        }
    }

    private EmailAddress? FindAddress(WriteTransaction write, ReturnedLetter letter)
    {
        try
        {
            return letter switch
            {
                { SignatureId: { } id, CampaignId: { } campaignId } => ReturnedLetters.SignerAddress(
                    write,
                    signatures,
                    campaignId,
                    id
                ),
                { SubscriberId: { } id, CampaignId: { } campaignId } => SubscriberTable.Find(
                    write.Connection,
                    campaignId,
                    id
                )
                    is { Address: { } address }
                    ? subscribers.Decrypt(id, address)
                    : null,
                _ => null,
            };
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
