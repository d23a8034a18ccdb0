using System.Net;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Keys;
using Campaigns.Db.Ledger;
using Campaigns.Db.Writes;
using Campaigns.Signatures;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Takes signatures in. Whatever is known of the address, new, pending, confirmed, invalidated or
/// suppressed, the caller goes through the same queue, waits for one commit and learns nothing.
/// </summary>
public sealed class SigningStore
{
    /// <summary>A confirmation link lasts this long from its letter.</summary>
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromDays(7);

    /// <summary>
    /// The reason on a hold that the number of signatures from one network caused.
    /// </summary>
    public const string NetworkHold = "network";

    // In order: two that hold the same rows must reach for them in the same one. An index at a time: PostgreSQL looks
    // for two of a row's by walking the table.
    private const string SelectKnown = $$"""
        SELECT @request, {{SignatureRow.Columns}} FROM signatures {batch} WHERE campaign_id = @campaignId AND blind_index = @index ORDER BY blind_index {for_update}
        """;

    private const string SelectSuppressed =
        "SELECT @request FROM suppressions {batch} WHERE campaign_id = @campaignId AND blind_index = @index AND until > @now";

    // The address decides: whoever has a row keeps it, and whoever wants no mail gets none. Why nothing was inserted is
    // looked up afterwards.
    private const string Insert = """
        INSERT INTO signatures (id, campaign_id, state, hold_reason, country, line_country, locale, disclosure, disclosed_at, updates, text_hash, privacy_version,
                                blind_index, index_version, contact, person, ledger_key, commitment, signed_at, confirm_expires_at)
        SELECT @id, @campaignId, 'pending', @holdReason, @country, @lineCountry, @locale, @disclosure, @now, @updates, @textHash, @privacyVersion,
               @blindIndex, @indexVersion, @contact, @person, @ledgerKey, @commitment, @now, @expiresAt {batch}
        WHERE NOT EXISTS (SELECT 1 FROM suppressions WHERE campaign_id = @campaignId AND blind_index = @blindIndex AND until > @now)
        ON CONFLICT (campaign_id, blind_index) DO NOTHING
        """;

    private const string Replace = """
        UPDATE signatures SET hold_reason = COALESCE(hold_reason, @holdReason), country = @country, line_country = @lineCountry, locale = @locale,
               disclosure = @disclosure, disclosed_at = @now, updates = @updates, text_hash = @textHash, privacy_version = @privacyVersion,
               contact = @contact, person = @person, ledger_key = @ledgerKey, commitment = @commitment, signed_at = @now,
               confirm_expires_at = @expiresAt, confirm_generation = confirm_generation + 1 {batch}
        WHERE campaign_id = @campaignId AND id = @id
        """;

    private const int MostRaces = 5;

    private readonly Database _database;
    private readonly SignatureEncryption _encryption;
    private readonly KeyRing _keys;
    private readonly NetworkRequestCounter _networks;
    private readonly LimitOptions _limits;
    private readonly Func<WriteTransaction, IReadOnlyList<SigningRequest>, IReadOnlyList<Refusal?>> _sign;

    public SigningStore(
        Database database,
        SignatureEncryption encryption,
        KeyRing keys,
        NetworkRequestCounter networks,
        IOptions<LimitOptions> limits
    )
    {
        (_database, _encryption, _keys, _networks, _limits) = (database, encryption, keys, networks, limits.Value);
        _sign = Sign;
    }

    /// <summary>
    /// Returns null once the request is durable. Refused only when the campaign changed since it
    /// was read: it closed, or its text did. <paramref name="network"/> is counted, not kept.
    /// </summary>
    public Task<Refusal?> SignAsync(Campaign campaign, NewSignature signature, IPAddress? network) =>
        _database.Writes.RunAsync(
            _sign,
            new SigningRequest(campaign, signature, network, Prepare(campaign, signature))
        );

    /// <summary>
    /// What signing costs before it is queued: the address indexed, the rest sealed.
    /// </summary>
    internal PreparedSignature Prepare(Campaign campaign, NewSignature signature) =>
        Prepare(_database.Writes.NextId(), campaign, signature);

    /// <summary>
    /// Mails the manage link to an address that has a signature; does nothing, just as visibly, for
    /// any other: the count of the network is a row either way, so that both wait for the disk.
    /// </summary>
    public Task SendManageLinkAsync(Campaign campaign, EmailAddress email, IPAddress? network)
    {
        return _database.Writes.RunAsync(write =>
        {
            _networks.Count(write, [network ?? IPAddress.None], NetworkRequestCounter.Find);
            var candidates = _keys.BlindIndex.Candidates(campaign.Id, email.Normalised);
            List<LookupKey> sought = [.. candidates.Select(index => new LookupKey(0, campaign.Id, index))];
            var known = FindKnown(write, sought).Values.SingleOrDefault();
            if (
                known is { State: SignatureState.Pending or SignatureState.Confirmed }
                && BelowLetterLimit(write, [known]).Count > 0
                && FindSuppressed(write, sought).Count == 0
            )
                Outbox.Add(write, campaign.Id, known.Id, LetterKind.Manage, known.Locale!, known.ManageGeneration);
            return true;
        });
    }

    private IReadOnlyList<Refusal?> Sign(WriteTransaction write, IReadOnlyList<SigningRequest> requests)
    {
        var changed = CampaignStore.FindChanged(write, [.. requests.Select(request => request.Campaign)]);
        var refusals = requests
            .Select(request =>
                changed.TryGetValue(request.Campaign.Id, out var current) ? Refuse(request, current, write.Now) : null
            )
            .ToArray();
        var taken = requests.Where((_, place) => refusals[place] is null).ToList();
        var holds = HoldReasonsFor(write, taken);
        var rows = taken
            .Select((request, place) => new AcceptedSignature(Current(write, request), holds[place], request))
            .ToList();
        // Only under one index can the insertion itself tell whether the address is known. In order of addresses:
        // processes that reach for the same ones do so in turn.
        var added = Add(
            write,
            [
                .. rows.Where(one => one.Row.Candidates.Count == 1)
                    .OrderBy(one => one.Row.BlindIndex, ByteArrayComparer.Order),
            ]
        );
        SignKnown(write, [.. rows.Where(one => !added.Contains(one.Row.Id))]);
        return refusals;
    }

    // A key was rotated while this waited: looked up under the old index alone, a person could stand here twice. Or
    // this process stood still until its number was somebody else's, who may have made the same id since.
    private PreparedSignature Current(WriteTransaction write, SigningRequest request)
    {
        var prepared = request.Prepared;
        var id = Ids.WriterOf(prepared.Id) == write.Writer ? prepared.Id : write.NextId();
        return id == prepared.Id && _keys.BlindIndex == prepared.Index
            ? prepared
            : Prepare(id, request.Campaign, request.Signature);
    }

    /// <summary>The campaign was read before this write was queued, and edited since.</summary>
    private static Refusal? Refuse(SigningRequest request, Campaign current, DateTimeOffset now)
    {
        if (request.Campaign.Version == current.Version)
            return null;
        if (!current.AcceptsSignatures(now))
            return Refusal.CampaignClosed;
        var signature = request.Signature;
        var sameWords = current.Text(signature.Locale).Hash == signature.TextHash;
        var sameLine =
            Country.Listed(signature.Country, current.ListedCountries)
            == Country.Listed(signature.Country, request.Campaign.ListedCountries);
        return sameWords && sameLine ? null : Refusal.TextChanged;
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
        return [.. counts.Select(count => count > _limits.HoldAfterPerNetworkPerHour ? NetworkHold : null)];
    }

    private HashSet<long> BelowLetterLimit(WriteTransaction write, IReadOnlyList<SignatureRow> rows) =>
        Outbox.BelowLetterLimit(write, rows, _limits.LettersPerAddressPerWeek);

    private PreparedSignature Prepare(long id, Campaign campaign, NewSignature signature) =>
        PreparedSignature.Create(id, _keys.BlindIndex, _encryption, campaign, signature);

    // However many there are, in as many steps as one address has requests.
    private void SignKnown(WriteTransaction write, List<AcceptedSignature> waiting)
    {
        // A turn for each, and a few for those whom another process came before.
        for (var turns = waiting.Count + MostRaces; waiting.Count > 0 && turns > 0; turns--)
        {
            var turn = waiting.DistinctBy(one => one.Address).ToList();
            var moved = SignOnce(write, turn, out var late).Select(one => one.Address).ToHashSet();
            // Where nothing was done for an address, nothing will be done for its next request either.
            waiting = [.. waiting.Except(turn).Where(one => moved.Contains(one.Address)), .. late];
        }
        if (waiting.Count > 0)
            throw new TimeoutException("Other processes came before these signatures again and again.");
    }

    /// <summary>
    /// Does what is to be done for requests of different addresses; returns those for which it was
    /// anything. <paramref name="late"/>: those whose address was not there to be found, and was
    /// when they were to be added, because another process added it or gave it another index in
    /// between.
    /// </summary>
    private List<AcceptedSignature> SignOnce(
        WriteTransaction write,
        List<AcceptedSignature> turn,
        out List<AcceptedSignature> late
    )
    {
        var sought = turn.SelectMany(one =>
                one.Row.Candidates.Select(index => new LookupKey(one.Row.Id, one.Row.CampaignId, index))
            )
            .ToList();
        var known = FindKnown(write, sought);
        var suppressed = FindSuppressed(write, sought);
        var withRoom = BelowLetterLimit(write, [.. known.Values]);
        var fresh = turn.Where(one => !suppressed.Contains(one.Row.Id) && !known.ContainsKey(one.Row.Id)).ToList();
        var added = fresh.Count > 0 ? Add(write, fresh) : new HashSet<long>();
        late = [.. fresh.Where(one => !added.Contains(one.Row.Id))];
        var others = turn.Where(one =>
                !suppressed.Contains(one.Row.Id)
                && known.TryGetValue(one.Row.Id, out var row)
                && withRoom.Contains(row.Id)
            )
            .ToList();
        var pending = others.Where(one => known[one.Row.Id].State == SignatureState.Pending).ToList();
        var confirmed = others.Where(one => known[one.Row.Id].State == SignatureState.Confirmed).ToList();
        ReplacePending(
            write,
            [
                .. pending.Select(one =>
                    (
                        known[one.Row.Id],
                        Prepare(known[one.Row.Id].Id, one.Request.Campaign, one.Request.Signature),
                        one.Hold
                    )
                ),
            ]
        );
        foreach (var row in confirmed.Select(one => known[one.Row.Id]))
            Outbox.Add(write, row.CampaignId, row.Id, LetterKind.AlreadySigned, row.Locale!, row.ManageGeneration);
        return [.. fresh, .. pending, .. confirmed];
    }

    /// <summary>
    /// The rows of known addresses, by request, as they will be until the transaction ends.
    /// </summary>
    private static Dictionary<long, SignatureRow> FindKnown(WriteTransaction write, IReadOnlyList<LookupKey> sought) =>
        write
            .ReadEach(
                SelectKnown,
                sought,
                static (statement, one) => one.Bind(statement),
                row => (Request: row.Long(0), Row: SignatureRow.From(row, from: 1))
            )
            .ToDictionary(found => found.Request, found => found.Row);

    /// <summary>The requests whose address gets no more mail of its campaign.</summary>
    private static HashSet<long> FindSuppressed(WriteTransaction write, IReadOnlyList<LookupKey> sought) =>
        [
            .. write.ReadEach(
                SelectSuppressed,
                sought,
                (statement, one) => one.Bind(statement).Set("@now", write.Now.ToUnixTimeMilliseconds()),
                row => row.Long(0)
            ),
        ];

    /// <summary>Adds those whose address is not known; returns their ids.</summary>
    private static IReadOnlySet<long> Add(WriteTransaction write, IReadOnlyList<AcceptedSignature> rows)
    {
        var added = write.ChangeEach(
            Insert,
            rows,
            (statement, one) =>
                Bind(write, statement, one.Row, one.Hold)
                    .Set("@blindIndex", one.Row.BlindIndex)
                    .Set("@indexVersion", one.Row.Index.Version),
            one => one.Row.Id
        );
        foreach (var (row, hold, _) in rows.Where(one => added.Contains(one.Row.Id)))
        {
            write.Count(row.CampaignId, row.Country, SignatureState.Bucket(SignatureState.Pending, hold), 1);
            GiveConsents(write, row);
            Outbox.Add(write, row.CampaignId, row.Id, LetterKind.Confirm, row.Locale, generation: 0);
        }
        return added;
    }

    // The newest request wins, and its link alone: older links may have been asked for by somebody else.
    private static void ReplacePending(
        WriteTransaction write,
        IReadOnlyList<(SignatureRow Known, PreparedSignature Row, string? Hold)> replaced
    )
    {
        foreach (var (known, row, hold) in replaced)
        {
            // A published ledger ahead of a restored database may know the commitment that goes.
            UnresolvedRemovals.Note(write, known);
            Bind(write, write.Prepare(Replace), row, hold).Defer();
        }
        Consents.Remove(write, [.. replaced.Select(one => (one.Row.CampaignId, one.Row.Id))]);
        foreach (var (known, row, hold) in replaced)
        {
            write.Count(row.CampaignId, known.Country, known.Bucket, -1);
            write.Count(
                row.CampaignId,
                row.Country,
                SignatureState.Bucket(SignatureState.Pending, known.HoldReason ?? hold),
                1
            );
            GiveConsents(write, row);
            Outbox.Add(write, row.CampaignId, row.Id, LetterKind.Confirm, row.Locale, known.ConfirmGeneration + 1);
        }
    }

    /// <summary>Sets what inserting and replacing have in common.</summary>
    private static Statement Bind(WriteTransaction write, Statement statement, PreparedSignature row, string? hold) =>
        statement
            .Set("@id", row.Id)
            .Set("@campaignId", row.CampaignId)
            .Set("@holdReason", hold)
            .Set("@country", row.Country)
            .Set("@lineCountry", row.LineCountry)
            .Set("@locale", row.Locale)
            .Set("@disclosure", row.Disclosure.Text())
            .Set("@updates", row.Updates ? 1 : 0)
            .Set("@textHash", row.TextHash)
            .Set("@privacyVersion", row.PrivacyVersion)
            .Set("@contact", row.Contact)
            .Set("@person", row.Person)
            .Set("@ledgerKey", row.LedgerKey)
            .Set("@commitment", row.Commitment)
            .Set("@now", write.Now.ToUnixTimeMilliseconds())
            .Set("@expiresAt", (write.Now + LinkLifetime).ToUnixTimeMilliseconds());

    private static void GiveConsents(WriteTransaction write, PreparedSignature row)
    {
        Give(Consents.Sign);
        if (row.Disclosure != Disclosure.Count)
            Give(Consents.Disclose, row.Disclosure);
        if (row.Updates)
            Give(Consents.Updates);

        void Give(string purpose, Disclosure? disclosure = null) =>
            Consents.Add(
                write,
                row.CampaignId,
                row.Id,
                purpose,
                row.TextHash,
                row.PrivacyVersion,
                row.Locale,
                disclosure
            );
    }

    private sealed record SigningRequest(
        Campaign Campaign,
        NewSignature Signature,
        IPAddress? Network,
        PreparedSignature Prepared
    );

    /// <summary>An address under one of the index keys in use.</summary>
    private sealed record LookupKey(long Request, long CampaignId, byte[] Index)
    {
        public Statement Bind(Statement statement) =>
            statement.Set("@request", Request).Set("@campaignId", CampaignId).Set("@index", Index);
    }

    private sealed record AcceptedSignature(PreparedSignature Row, string? Hold, SigningRequest Request)
    {
        /// <summary>The same for requests of one person.</summary>
        public (long Campaign, string Index) Address { get; } =
            (Row.CampaignId, Convert.ToHexString(Row.Candidates[0]));
    }

    private sealed class ByteArrayComparer : IComparer<byte[]>
    {
        public static readonly ByteArrayComparer Order = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
