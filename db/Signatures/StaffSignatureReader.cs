using System.Data.Common;
using Campaigns.Db.Keys;
using Campaigns.Db.Staff;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>
/// Signatures for staff: a list by conditions without personal data, the search by an exact
/// address, and one signature. A look at a person is in the audit trail before it is answered.
/// </summary>
public sealed class StaffSignatureReader(
    Database database,
    SignatureEncryption encryption,
    KeyRing keys,
    AuditStore audit
)
{
    private static readonly string _columns = $"""
        id, state, country, signed_at, confirmed_at,
        CASE WHEN {HoldCondition.IsOnHold} THEN hold_reason END AS hold_reason, wave
        """;

    private static readonly string _selectById =
        $"SELECT {_columns} FROM signatures WHERE campaign_id = @campaignId AND id = @id";

    private static readonly string _selectByAddress =
        $"SELECT {_columns} FROM signatures WHERE campaign_id = @campaignId AND blind_index = @index";

    // Those whose bulk invalidation can still be undone.
    private static readonly string _selectByUndoIndex =
        $"SELECT {_columns} FROM signatures WHERE campaign_id = @campaignId AND undo_index = @index";

    private const string SelectDetails = """
        SELECT s.person, s.locale, s.disclosure, s.text_hash, s.invalid_reason, s.ledger_n, e.removed_by
        FROM signatures s LEFT JOIN ledger_entries e ON e.campaign_id = s.campaign_id AND e.n = s.ledger_n
        WHERE s.campaign_id = @campaignId AND s.id = @id
        """;

    private const string SelectConsents = """
        SELECT purpose, disclosure, privacy_version, given_at, withdrawn_at FROM consents
        WHERE campaign_id = @campaignId AND signature_id = @id ORDER BY given_at, purpose
        """;

    private const string SelectLetters = """
        SELECT id, kind, state, created_at, sent_at, failure FROM letters
        WHERE campaign_id = @campaignId AND signature_id = @id ORDER BY id
        """;

    /// <summary>
    /// Signatures with an id below <paramref name="before"/>, newest first.
    /// </summary>
    public IReadOnlyList<ListedSignature> List(long campaignId, SignatureFilter filter, long before, int limit)
    {
        List<string> conditions = [];
        Add(filter.State, "state = @state");
        Add(filter.Country, "country = @country");
        Add(filter.HoldReason, $"hold_reason = @holdReason AND {HoldCondition.IsOnHold}");
        Add(filter.Wave, "wave = @wave");
        Add(filter.From, "signed_at >= @from");
        Add(filter.To, "signed_at < @to");
        using var connection = database.Read();
        return connection
            .Query<ListedSignature>(
                $"""
                SELECT {_columns} FROM signatures
                WHERE campaign_id = @campaignId AND id < @before {string.Concat(conditions)}
                ORDER BY id DESC LIMIT @limit
                """,
                new
                {
                    campaignId,
                    before,
                    limit,
                    state = filter.State,
                    country = filter.Country,
                    holdReason = filter.HoldReason,
                    wave = filter.Wave,
                    from = filter.From?.ToUnixTimeMilliseconds(),
                    to = filter.To?.ToUnixTimeMilliseconds(),
                }
            )
            .AsList();

        void Add(object? value, string condition)
        {
            if (value is not null)
                conditions.Add($" AND {condition}");
        }
    }

    /// <summary>
    /// The signatures of an address in this campaign. Those without their address, such as
    /// withdrawn ones, are not found. Audited, also when there is none.
    /// </summary>
    public async Task<IReadOnlyList<ListedSignature>> FindAsync(Campaign campaign, EmailAddress email, Actor actor)
    {
        await audit.WriteAsync(actor, "signature.find", campaign.Slug);
        using var connection = database.Read();
        return
        [
            .. keys
                .BlindIndex.Candidates(campaign.Id, email.Normalised)
                .SelectMany(index =>
                    ((string[])[_selectByAddress, _selectByUndoIndex]).SelectMany(select =>
                        connection.Query<ListedSignature>(select, new { campaignId = campaign.Id, index })
                    )
                )
                .OrderBy(signature => signature.Id),
        ];
    }

    /// <summary>One signature; null if the campaign has none with this id. Audited.</summary>
    public async Task<SignatureDetails?> FindAsync(Campaign campaign, long id, Actor actor)
    {
        if (Read(campaign.Id, id) is not { } signature)
            return null;
        await audit.WriteAsync(actor, "signature.look", campaign.Slug, Ids.Text(id));
        return signature;
    }

    /// <summary>True if the campaign has a signature with this id.</summary>
    public bool Has(long campaignId, long id)
    {
        using var connection = database.Read();
        return FindListed(connection, campaignId, id) is not null;
    }

    private SignatureDetails? Read(long campaignId, long id) =>
        database.Snapshot(connection =>
        {
            if (FindListed(connection, campaignId, id) is not { } listed)
                return null;
            var row = connection.QuerySingle<DetailsRow>(SelectDetails, new { campaignId, id });
            var person = row.Person is { } encrypted ? encryption.DecryptPerson(id, encrypted) : null;
            return new SignatureDetails
            {
                Signature = listed,
                Name = person?.Name,
                Locality = person?.Locality,
                Locale = row.Locale,
                Disclosure = row.Disclosure,
                TextHash = row.TextHash,
                InvalidReason = row.InvalidReason,
                Consents = connection.Query<GivenConsent>(SelectConsents, new { campaignId, id }).AsList(),
                Letters = connection.Query<MailedLetter>(SelectLetters, new { campaignId, id }).AsList(),
                LedgerEntry = row.LedgerN,
                RemovedBy = row.RemovedBy,
            };
        });

    private static ListedSignature? FindListed(DbConnection connection, long campaignId, long id) =>
        connection.QuerySingleOrDefault<ListedSignature>(_selectById, new { campaignId, id });

    private sealed class DetailsRow
    {
        public required byte[]? Person { get; init; }
        public required string? Locale { get; init; }
        public required string? Disclosure { get; init; }
        public required string? TextHash { get; init; }
        public required string? InvalidReason { get; init; }
        public required long? LedgerN { get; init; }
        public required long? RemovedBy { get; init; }
    }
}
