using System.Data.Common;
using System.Security.Cryptography;
using Campaigns.Db.Engine;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>
/// A signature as stored. All columns with personal data are null once it is erased.
/// </summary>
internal sealed record SignatureRow
{
    public const string Columns = """
        id, campaign_id, state, hold_reason, country, line_country, locale, disclosure, disclosed_at, updates,
        text_hash, privacy_version, contact, person, ledger_key, commitment, ledger_n,
        confirm_generation, manage_generation, not_me_generation, signed_at, confirm_expires_at, confirmed_at,
        corrected_at, wave, undo_until, undone_at
        """;

    private const string SelectById = $"SELECT {Columns} FROM signatures WHERE campaign_id = @campaignId AND id = @id";

    private const string SelectByIds =
        $"SELECT {Columns} FROM signatures WHERE campaign_id = @campaignId AND id IN {{=ids}}";

    // ORDER BY: all transactions lock rows in the same order, so that they do not deadlock.
    private const string SelectToChange = $$"""
        SELECT {{Columns}} FROM signatures {batch}
        WHERE campaign_id = @campaignId AND id = @id
        ORDER BY id {for_update}
        """;

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
    public required long? CorrectedAt { get; init; }
    public required long? Wave { get; init; }

    /// <summary>Until when a bulk invalidation of it can be undone; null without one.</summary>
    public required long? UndoUntil { get; init; }

    /// <summary>When a bulk invalidation of it was last undone.</summary>
    public required long? UndoneAt { get; init; }

    public string Bucket => SignatureState.Bucket(State, HoldReason is not null);

    /// <summary>The column of <see cref="SignatureLifecycle"/> that applies to this row.</summary>
    public SignaturePhase Phase =>
        SignaturePhases.From(State, HoldReason is not null, IsKnown, canUndo: UndoUntil is not null);

    /// <summary>True while the contact and person columns are stored.</summary>
    public bool IsKnown => Contact is not null && Person is not null;

    /// <summary>
    /// True if the row says what the request says. Two such requests are one wish, so the links of
    /// both stay alive.
    /// </summary>
    public bool HasData(NewSignature signature, SignatureEncryption encryption)
    {
        Person person;
        try
        {
            person = encryption.DecryptPerson(Id, Person!);
        }
        catch (CryptographicException)
        {
            // A damaged row is replaced, which repairs it.
            return false;
        }
        return (person.Name, person.Locality, Country, Locale, TextHash, Disclosure, Updates)
            == (
                signature.Name,
                signature.Locality,
                signature.Country,
                signature.Locale,
                signature.TextHash,
                signature.Disclosure.Text(),
                signature.Updates ? 1 : 0
            );
    }

    /// <summary>
    /// Reads the current row of a statement, whose columns are <see cref="Columns"/> after
    /// <paramref name="from"/> others.
    /// </summary>
    public static SignatureRow From(ResultRow row, int from) =>
        new()
        {
            Id = row.Long(from),
            CampaignId = row.Long(from + 1),
            State = row.Text(from + 2),
            HoldReason = row.TextOrNull(from + 3),
            Country = row.Text(from + 4),
            LineCountry = row.TextOrNull(from + 5),
            Locale = row.TextOrNull(from + 6),
            Disclosure = row.TextOrNull(from + 7),
            DisclosedAt = row.LongOrNull(from + 8),
            Updates = row.Long(from + 9),
            TextHash = row.TextOrNull(from + 10),
            PrivacyVersion = row.TextOrNull(from + 11),
            Contact = row.BlobOrNull(from + 12),
            Person = row.BlobOrNull(from + 13),
            LedgerKey = row.BlobOrNull(from + 14),
            Commitment = row.BlobOrNull(from + 15),
            LedgerN = row.LongOrNull(from + 16),
            ConfirmGeneration = row.Long(from + 17),
            ManageGeneration = row.Long(from + 18),
            NotMeGeneration = row.Long(from + 19),
            SignedAt = row.LongOrNull(from + 20),
            ConfirmExpiresAt = row.LongOrNull(from + 21),
            ConfirmedAt = row.LongOrNull(from + 22),
            CorrectedAt = row.LongOrNull(from + 23),
            Wave = row.LongOrNull(from + 24),
            UndoUntil = row.LongOrNull(from + 25),
            UndoneAt = row.LongOrNull(from + 26),
        };

    /// <inheritdoc cref="From(ResultRow, int)"/>
    public static SignatureRow From(ResultRow row) => From(row, from: 0);

    /// <summary>
    /// Reads and locks the row until the transaction ends.
    /// </summary>
    public static SignatureRow? Find(WriteTransaction write, long campaignId, long id) =>
        write.Prepare(SelectToChange).Set("@campaignId", campaignId).Set("@id", id).ReadFirst(From);

    /// <summary>
    /// Reads and locks several rows, by campaign and id; missing rows are left out.
    /// </summary>
    public static Dictionary<(long CampaignId, long Id), SignatureRow> Find(
        WriteTransaction write,
        IReadOnlyList<(long CampaignId, long Id)> keys
    ) =>
        write
            .ReadEach(
                SelectToChange,
                keys,
                static (statement, key) => statement.Set("@campaignId", key.CampaignId).Set("@id", key.Id),
                From
            )
            .ToDictionary(row => (row.CampaignId, row.Id));

    /// <summary>
    /// Reads signatures of a campaign, at most some hundred; missing rows are left out.
    /// </summary>
    public static IEnumerable<SignatureRow> FindAll(
        DbConnection connection,
        long campaignId,
        IReadOnlyList<long> ids
    ) => connection.Query<SignatureRow>(SelectByIds, new { campaignId, ids });

    public static SignatureRow? Find(DbConnection connection, long campaignId, long id) =>
        connection.QuerySingleOrDefault<SignatureRow>(SelectById, new { campaignId, id });
}
