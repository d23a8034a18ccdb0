using System.Data.Common;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>A signature as stored. Everything a person could be known by is null once erased.</summary>
internal sealed class SignatureRow
{
    public const string Columns = """
        id, campaign_id, state, hold_reason, country, line_country, locale, disclosure, disclosed_at, updates, text_hash, privacy_version, contact, person,
        ledger_key, commitment, ledger_n, confirm_generation, manage_generation, not_me_generation, signed_at, confirm_expires_at, confirmed_at
        """;

    private const string SelectById = $"SELECT {Columns} FROM signatures WHERE campaign_id = @campaignId AND id = @id";

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

    public static SignatureRow? Find(DbConnection connection, long campaignId, long id) =>
        connection.QuerySingleOrDefault<SignatureRow>(SelectById, new { campaignId, id });
}
