using System.Data.Common;
using Campaigns.Db.Writes;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>A signature as stored. Everything a person could be known by is null once erased.</summary>
internal sealed record SignatureRow
{
    public const string Columns = """
        id, campaign_id, state, hold_reason, country, line_country, locale, disclosure, disclosed_at, updates, text_hash, privacy_version, contact, person,
        ledger_key, commitment, ledger_n, confirm_generation, manage_generation, not_me_generation, signed_at, confirm_expires_at, confirmed_at
        """;

    private const string SelectById = $"SELECT {Columns} FROM signatures WHERE campaign_id = @campaignId AND id = @id";

    // In order: two that hold the same rows must reach for them in the same one.
    private const string SelectToChange = $"SELECT {Columns} FROM signatures {{rows}} WHERE campaign_id = @campaignId AND id = @id ORDER BY id {{lock}}";

    public required long Id { get; init; }
    public required long CampaignId { get; init; }
    public required string State { get; init; }
    public required string? HoldReason { get; init; }
    public required string Country { get; init; }
    public required string? LineCountry { get; init; }
    public required string? Locale { get; init; }
    public required string? Disclosure { get; init; }
    public required long? DisclosedAt { get; init; }
    public required long Updates { get; init; }
    public required string? TextHash { get; init; }
    public required string? PrivacyVersion { get; init; }
    public required byte[]? Contact { get; init; }
    public required byte[]? Person { get; init; }
    public required byte[]? LedgerKey { get; init; }
    public required byte[]? Commitment { get; init; }
    public required long? LedgerN { get; init; }
    public required long ConfirmGeneration { get; init; }
    public required long ManageGeneration { get; init; }
    public required long NotMeGeneration { get; init; }
    public required long? SignedAt { get; init; }
    public required long? ConfirmExpiresAt { get; init; }
    public required long? ConfirmedAt { get; init; }

    public string Bucket => SignatureState.Bucket(State, HoldReason);

    /// <summary>True while we still hold what the signer typed.</summary>
    public bool IsKnown => Contact is not null && Person is not null;

    /// <summary>The row a statement stands at, its columns being <see cref="Columns"/>.</summary>
    public static SignatureRow Of(ResultRow row) => new()
    {
        Id = row.Long(0),
        CampaignId = row.Long(1),
        State = row.Text(2),
        HoldReason = row.TextOrNull(3),
        Country = row.Text(4),
        LineCountry = row.TextOrNull(5),
        Locale = row.TextOrNull(6),
        Disclosure = row.TextOrNull(7),
        DisclosedAt = row.LongOrNull(8),
        Updates = row.Long(9),
        TextHash = row.TextOrNull(10),
        PrivacyVersion = row.TextOrNull(11),
        Contact = row.BlobOrNull(12),
        Person = row.BlobOrNull(13),
        LedgerKey = row.BlobOrNull(14),
        Commitment = row.BlobOrNull(15),
        LedgerN = row.LongOrNull(16),
        ConfirmGeneration = row.Long(17),
        ManageGeneration = row.Long(18),
        NotMeGeneration = row.Long(19),
        SignedAt = row.LongOrNull(20),
        ConfirmExpiresAt = row.LongOrNull(21),
        ConfirmedAt = row.LongOrNull(22),
    };

    /// <summary>The row as it will be until the transaction ends, unless the transaction changes it.</summary>
    public static SignatureRow? Find(WriteTransaction write, long campaignId, long id) =>
        write.Prepare(SelectToChange).Set("@campaignId", campaignId).Set("@id", id).ReadFirst(Of);

    /// <summary>The same of several, by campaign and id; those that are not there are left out.</summary>
    public static Dictionary<(long CampaignId, long Id), SignatureRow> Find(WriteTransaction write, IReadOnlyList<(long CampaignId, long Id)> keys) => write
        .ReadEach(SelectToChange, keys, static (statement, key) => statement.Set("@campaignId", key.CampaignId).Set("@id", key.Id), Of)
        .ToDictionary(row => (row.CampaignId, row.Id));

    public static SignatureRow? Find(DbConnection connection, long campaignId, long id) =>
        connection.QuerySingleOrDefault<SignatureRow>(SelectById, new { campaignId, id });
}
