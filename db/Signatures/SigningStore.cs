using System.Net;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Engine;
using Campaigns.Db.Keys;
using Campaigns.Letters;
using Campaigns.Signatures;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Accepts signatures. Every request waits for one commit of the same queue and gets the same
/// answer, so that the caller cannot learn whether the address is new, pending, confirmed,
/// invalidated or suppressed.
/// </summary>
public sealed class SigningStore
{
    private const int MaxRaces = 5;

    private readonly Database _database;
    private readonly SignatureEncryption _encryption;
    private readonly KeyRing _keys;
    private readonly NetworkRequestCounter _networks;
    private readonly HoldWaves _waves;
    private readonly LimitOptions _limits;
    private readonly LimitTally _tally;
    private readonly Mailboxes _mailboxes;
    private readonly Func<WriteTransaction, IReadOnlyList<SigningRequest>, IReadOnlyList<Refusal?>> _sign;

    public SigningStore(
        Database database,
        SignatureEncryption encryption,
        KeyRing keys,
        NetworkRequestCounter networks,
        HoldWaves waves,
        IOptions<LimitOptions> limits,
        LimitTally tally,
        Mailboxes mailboxes
    )
    {
        (_database, _encryption, _keys, _networks, _limits) = (database, encryption, keys, networks, limits.Value);
        (_waves, _tally, _mailboxes, _sign) = (waves, tally, mailboxes, Sign);
    }

    /// <summary>
    /// Returns null once the request is durable. Refused only if the campaign closed or changed its
    /// text since it was read. <paramref name="network"/> is counted, not stored.
    /// </summary>
    public Task<Refusal?> SignAsync(Campaign campaign, NewSignature signature, IPAddress? network) =>
        _database.Writes.RunAsync(
            _sign,
            new SigningRequest(campaign, signature, network, Prepare(campaign, signature))
        );

    /// <summary>
    /// Computes the blind index and encrypts the row, before the request is queued.
    /// </summary>
    internal PreparedSignature Prepare(Campaign campaign, NewSignature signature) =>
        Prepare(_database.Writes.NextId(), campaign, signature);

    /// <summary>
    /// Mails a new manage link to an address that has a signature, which ends older ones, and
    /// nothing to any other address. Both cases count the network and wait for that commit, so that
    /// their timing is equal.
    /// </summary>
    public Task SendManageLinkAsync(Campaign campaign, EmailAddress email, IPAddress? network) =>
        _database.Writes.RunAsync(write =>
        {
            _networks.Count(write, [network ?? IPAddress.None], NetworkRequestCounter.Find);
            var mailbox = MailboxKey.Create(_keys.BlindIndex, 0, campaign.Id, email);
            var takesLetters = _mailboxes.Count(write, [mailbox])[0].TakesLetters;
            var candidates = _keys.BlindIndex.Candidates(campaign.Id, email.Normalised);
            List<LookupKey> lookups = [.. candidates.Select(index => new LookupKey(0, campaign.Id, index))];
            var known = SigningTable.FindKnown(write, lookups).Values.SingleOrDefault();
            if (
                known is not null
                && takesLetters
                && SignatureLifecycle.Find(known.Phase, SignatureAct.RequestLink).Letter is { } kind
                && CountLetters(write, [known]).IsBelowLimit(known.Id)
                && SigningTable.FindSuppressed(write, lookups).Count == 0
            )
            {
                // A new link ends older ones, because one of them may be in other hands.
                SigningTable.RaiseManageGeneration(write, known);
                var domain = BoundedDomain(email);
                Outbox.Add(write, campaign.Id, known.Id, kind, known.Locale!, known.ManageGeneration + 1, domain);
            }
            else
            {
                _mailboxes.Return(write, [mailbox]);
            }
            return true;
        });

    private IReadOnlyList<Refusal?> Sign(WriteTransaction write, IReadOnlyList<SigningRequest> requests)
    {
        var changed = CampaignStore.FindChanged(write, [.. requests.Select(request => request.Campaign)]);
        var refusals = requests
            .Select(request =>
                changed.TryGetValue(request.Campaign.Id, out var current)
                    ? SigningRules.RefuseAfterEdit(request.Signature, request.Campaign, current, write.Now)
                    : null
            )
            .ToArray();
        var accepted = requests.Where((_, place) => refusals[place] is null).ToList();
        var holds = HoldReasonsFor(write, accepted);
        var prepared = accepted.ConvertAll(request => Current(write, request));
        var mailboxes = _mailboxes.Count(write, prepared.ConvertAll(row => row.Mailbox));
        var rows = accepted
            .Select(
                (request, place) =>
                    new AcceptedSignature(prepared[place], holds[place], mailboxes[place].TakesLetters, request)
                    {
                        Wave = WaveOf(write, request, holds[place]),
                    }
            )
            .ToList();
        // With several index keys an INSERT alone cannot detect a known address. Rows are sorted by index, so that
        // concurrent transactions lock them in the same order. Of a mailbox only the first, because the signatures
        // before the second include it.
        var seen = new HashSet<(long, UInt128)>(rows.Count);
        var fresh = new List<AcceptedSignature>(rows.Count);
        foreach (var (one, mailbox) in rows.Zip(mailboxes))
            if (one.Row.Candidates.Count == 1 && seen.Add(one.Mailbox))
                fresh.Add(HoldNew(one, mailbox.Signatures));
        fresh.Sort(static (one, other) => one.Address.Index.CompareTo(other.Address.Index));
        var mailed = new HashSet<long>(rows.Count);
        var added = Add(write, fresh, mailed);
        SignKnown(write, [.. rows.Where(one => !added.Contains(one.Row.Id))], mailed);
        _mailboxes.Return(write, [.. prepared.Where(row => !mailed.Contains(row.Id)).Select(row => row.Mailbox)]);
        return refusals;
    }

    private AcceptedSignature HoldNew(AcceptedSignature one, long others)
    {
        var hold = SigningRules.HoldOfNew(others, _limits.HoldAfterPerMailbox, one.Hold);
        if (hold != SigningRules.AlikeHold)
            return one;
        _tally.Record(nameof(LimitOptions.HoldAfterPerMailbox));
        return one with { Hold = hold, Wave = null };
    }

    private static IReadOnlySet<long> Add(
        WriteTransaction write,
        IReadOnlyList<AcceptedSignature> fresh,
        HashSet<long> mailed
    )
    {
        var added = SigningTable.Add(write, fresh);
        foreach (var one in fresh)
            if (one.TakesLetters && added.Contains(one.Row.Id))
                mailed.Add(one.Row.Id);
        return added;
    }

    // Recheck after waiting in the queue: the index key may have been rotated (duplicate row), or the writer lease lost
    // (duplicate id).
    private PreparedSignature Current(WriteTransaction write, SigningRequest request)
    {
        var prepared = request.Prepared;
        var id = Ids.WriterOf(prepared.Id) == write.Writer ? prepared.Id : write.NextId();
        return id == prepared.Id && _keys.BlindIndex == prepared.Index
            ? prepared
            : Prepare(id, request.Campaign, request.Signature);
    }

    private string?[] HoldReasonsFor(WriteTransaction write, IReadOnlyList<SigningRequest> requests)
    {
        if (!_limits.Enabled)
            return new string?[requests.Count];
        var counts = _networks.Count(
            write,
            [.. requests.Select(request => request.Network)],
            NetworkRequestCounter.Sign
        );
        string?[] holds =
        [
            .. counts.Select(count => SigningRules.HoldReason(count, _limits.HoldAfterPerNetworkPerHour)),
        ];
        _tally.Record(nameof(LimitOptions.HoldAfterPerNetworkPerHour), holds.Count(hold => hold is not null));
        return holds;
    }

    private long? WaveOf(WriteTransaction write, SigningRequest request, string? hold) =>
        hold == SigningRules.NetworkHold && request.Network is { } network
            ? _waves.Join(request.Campaign.Id, network, write.Now)
            : null;

    private RecentLetters CountLetters(WriteTransaction write, IReadOnlyList<SignatureRow> rows) =>
        Outbox.CountLetters(write, rows, _limits.LettersPerAddressPerWeek, _tally);

    private PreparedSignature Prepare(long id, Campaign campaign, NewSignature signature) =>
        PreparedSignature.Create(
            id,
            _keys.BlindIndex,
            _encryption,
            campaign,
            signature,
            BoundedDomain(signature.Email)
        );

    // Null for a domain to which letters are not bounded.
    private byte[]? BoundedDomain(EmailAddress email) =>
        _limits.Enabled && !LargeMailProviders.Has(email.Domain) ? _keys.BlindIndex.ComputeDomain(email.Domain) : null;

    // Each round handles one request per mailbox, so the rounds are as many as the most requests of one mailbox.
    private void SignKnown(WriteTransaction write, List<AcceptedSignature> waiting, HashSet<long> mailed)
    {
        // Extra rounds for requests that another process's insert delayed.
        for (var rounds = waiting.Count + MaxRaces; waiting.Count > 0 && rounds > 0; rounds--)
        {
            var round = waiting.DistinctBy(one => one.Mailbox).ToList();
            var unchanged = round
                .Except(SignOnce(write, round, mailed, out var delayed))
                .Select(one => one.Address)
                .ToHashSet();
            // If the first request of an address changed nothing, its next request changes nothing either.
            waiting = [.. waiting.Except(round).Where(one => !unchanged.Contains(one.Address)), .. delayed];
        }
        if (waiting.Count > 0)
            throw new OverloadedException("Other processes repeatedly changed this signature first; retry later.");
    }

    /// <summary>
    /// Handles requests of distinct mailboxes; returns those that changed something.
    /// <paramref name="delayed"/>: requests to repeat, because another process inserted or
    /// reindexed their address between the lookup and the insert.
    /// </summary>
    private List<AcceptedSignature> SignOnce(
        WriteTransaction write,
        List<AcceptedSignature> round,
        HashSet<long> mailed,
        out List<AcceptedSignature> delayed
    )
    {
        var lookups = round
            .SelectMany(one => one.Row.Candidates.Select(index => new LookupKey(one.Row.Id, one.Row.CampaignId, index)))
            .ToList();
        var known = SigningTable.FindKnown(write, lookups);
        var letters = CountLetters(write, [.. known.Values]);
        var suppressed = SuppressedRequests.Find(write, round, lookups, known, letters);
        foreach (var one in round.Where(one => suppressed.Contains(one.Row.Id)))
            write.CountLetter(one.Row.CampaignId, LetterFate.Suppressed);
        var fresh = round.Where(one => !suppressed.Contains(one.Row.Id) && !known.ContainsKey(one.Row.Id)).ToList();
        var others = _mailboxes.CountSignatures(write, fresh.ConvertAll(one => one.Row.Mailbox));
        var added = Add(write, fresh.ConvertAll(one => HoldNew(one, others.GetValueOrDefault(one.Row.Id))), mailed);
        delayed = [.. fresh.Where(one => !added.Contains(one.Row.Id))];
        var found = round
            .Where(one => !suppressed.Contains(one.Row.Id) && known.ContainsKey(one.Row.Id))
            .Select(one => (Request: one, Known: known[one.Row.Id]))
            .ToList();
        var mailable = found.Where(one => one.Request.TakesLetters && letters.IsBelowLimit(one.Known.Id)).ToList();
        var pending = found
            .Where(one => SignAgain(one.Known).ChangesRow)
            .ToLookup(one => one.Known.HasData(one.Request.Request.Signature, _encryption));
        var repeated = pending[true].Intersect(mailable).ToList();
        var replaced = pending[false]
            .Where(one => one.Request.TakesLetters)
            .Where(one => letters.IsBelowLimit(one.Known.Id) || letters.HasExtra(one.Known.Id))
            .ToList();
        var confirmed = mailable.Where(one => SignAgain(one.Known) is { ChangesRow: false, Letter: not null }).ToList();
        SigningTable.RepeatPending(
            write,
            [
                .. repeated.Select(one =>
                    (
                        one.Known,
                        SigningRules.HoldOfRepeated(one.Known.HoldReason, one.Request.Hold),
                        one.Request.Row.MailDomain
                    )
                ),
            ]
        );
        SigningTable.ReplacePending(
            write,
            [
                .. replaced.Select(one =>
                    (
                        one.Known,
                        Prepare(one.Known.Id, one.Request.Request.Campaign, one.Request.Request.Signature),
                        SigningRules.HoldOfReplaced(one.Known.HoldReason, one.Request.Hold),
                        one.Known.HoldReason == SigningRules.AlikeHold ? null : one.Request.Wave,
                        Extra: !letters.IsBelowLimit(one.Known.Id)
                    )
                ),
            ]
        );
        foreach (var (one, row) in confirmed)
        {
            var kind = SignAgain(row).Letter!;
            Outbox.Add(write, row.CampaignId, row.Id, kind, row.Locale!, row.ManageGeneration, one.Row.MailDomain);
        }
        var answered = repeated.Concat(replaced).Concat(confirmed).Select(one => one.Request).ToList();
        mailed.UnionWith(answered.Select(one => one.Row.Id));
        return [.. fresh, .. answered];
    }

    private static SignatureTransition SignAgain(SignatureRow row) =>
        SignatureLifecycle.Find(row.Phase, SignatureAct.SignAgain);
}
