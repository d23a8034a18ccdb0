using Campaigns.Db.Engine;
using Campaigns.Db.Signatures;
using Campaigns.Letters;
using Dapper;

namespace Campaigns.Bench.Filling;

/// <summary>
/// The rows of filled signatures: signature, consents, sent letter and counters; for confirmed ones
/// also the ledger's queue.
/// </summary>
internal sealed class FillingRows(WriterSession writing, Ids ids, bool confirmed)
{
    private const int Days = 60;
    private const long Day = 86_400_000;

    private const string Signature = """
        INSERT INTO signatures (
            id, campaign_id, state, country, line_country, locale, disclosure, disclosed_at, updates, text_hash,
            privacy_version, blind_index, index_version, contact, person, ledger_key, commitment, signed_at,
            confirm_expires_at, confirmed_at)
        VALUES (
            @id, @campaignId, @state, @country, @lineCountry, @locale, @disclosure, @now, 0, @textHash,
            @privacyVersion, @blindIndex, @indexVersion, @contact, @person, @ledgerKey, @commitment, @now,
            @expiresAt, @confirmedAt)
        """;

    private const string Consent = """
        INSERT INTO consents (
            campaign_id, signature_id, purpose, given_at, text_hash, privacy_version, locale, disclosure)
        VALUES (@campaignId, @id, @purpose, @now, @textHash, @privacyVersion, @locale, @disclosure)
        """;

    private const string Letter = """
        INSERT INTO letters (
            id, campaign_id, signature_id, kind, locale, generation, state, created_at, due_at, sent_at, tries, attempt)
        VALUES (@id, @campaignId, @signatureId, 'confirm', @locale, 0, 'sent', @now, @now, @now, 1, 1)
        """;

    private const string Queue = """
        INSERT INTO ledger_queue (id, campaign_id, kind, signature_id, country, commitment, text_hash, queued_at)
        VALUES (@id, @campaignId, 'add', @signatureId, @country, @commitment, @textHash, @now)
        """;

    private const string Count = """
        INSERT INTO counters (campaign_id, country, state, writer, value)
        SELECT campaign_id, country, state, 0, count(*) FROM signatures GROUP BY campaign_id, country, state
        """;

    private const string CountDays = """
        INSERT INTO counters_by_day (campaign_id, day, country, writer, value)
        SELECT campaign_id, date(confirmed_at / 1000, 'unixepoch'), country, 0, count(*)
        FROM signatures WHERE state = 'confirmed' GROUP BY 1, 2, 3
        """;

    private const string CountSigned = """
        INSERT INTO counters_by_hour (campaign_id, hour, country, writer, signed, letters, pressed, confirmed)
        SELECT campaign_id, (1577836800000 + id / 2097152) / 3600000, country, 0, count(*), count(*), 0, 0
        FROM signatures GROUP BY 1, 2, 3
        """;

    private const string CountConfirmed = """
        INSERT INTO counters_by_hour (campaign_id, hour, country, writer, signed, letters, pressed, confirmed)
        SELECT campaign_id, confirmed_at / 3600000, country, 0, 0, 0, count(*), count(*)
        FROM signatures WHERE state = 'confirmed' GROUP BY 1, 2, 3
        ON CONFLICT (campaign_id, hour, country, writer)
        DO UPDATE SET pressed = excluded.pressed, confirmed = excluded.confirmed
        """;

    private const string CountProviders = """
        INSERT INTO counters_by_provider (campaign_id, hour, provider, writer, signed, letters, pressed)
        SELECT campaign_id, hour, 'unknown', 0, sum(signed), sum(letters), sum(pressed)
        FROM counters_by_hour GROUP BY 1, 2
        """;

    private readonly long _now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public void Begin() =>
        Execute(
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            "PRAGMA cache_size = -2000000",
            "BEGIN IMMEDIATE"
        );

    public void Add(int person, PreparedSignature row)
    {
        // Values are encrypted for one id; random bytes fit any id.
        var id = confirmed ? row.Id : ids.Next();
        var confirmedAt = _now - (person % Days * Day);
        writing
            .Prepare(Signature)
            .Set("@id", id)
            .Set("@campaignId", row.CampaignId)
            .Set("@state", confirmed ? "confirmed" : "pending")
            .Set("@country", row.Country)
            .Set("@lineCountry", row.LineCountry)
            .Set("@locale", row.Locale)
            .Set("@disclosure", row.Disclosure.Text())
            .Set("@now", _now)
            .Set("@textHash", row.TextHash)
            .Set("@privacyVersion", row.PrivacyVersion)
            .Set("@blindIndex", row.BlindIndex)
            .Set("@indexVersion", row.Index.Version)
            .Set("@contact", row.Contact)
            .Set("@person", row.Person)
            .Set("@ledgerKey", row.LedgerKey)
            .Set("@commitment", row.Commitment)
            .Set("@expiresAt", _now + (long)LetterRules.LinkLifetime.TotalMilliseconds)
            .Set("@confirmedAt", confirmed ? confirmedAt : null)
            .Run();
        AddConsent(row, id, "sign", null);
        AddConsent(row, id, "disclose", row.Disclosure.Text());
        writing
            .Prepare(Letter)
            .Set("@id", ids.Next())
            .Set("@campaignId", row.CampaignId)
            .Set("@signatureId", id)
            .Set("@locale", row.Locale)
            .Set("@now", _now)
            .Run();
        if (!confirmed)
            return;
        writing
            .Prepare(Queue)
            .Set("@id", ids.Next())
            .Set("@campaignId", row.CampaignId)
            .Set("@signatureId", id)
            .Set("@country", row.LineCountry)
            .Set("@commitment", row.Commitment)
            .Set("@textHash", row.TextHash)
            .Set("@now", _now)
            .Run();
    }

    public void Finish() =>
        Execute(
            Count,
            CountDays,
            CountSigned,
            CountConfirmed,
            CountProviders,
            "COMMIT TRANSACTION",
            "PRAGMA journal_mode = WAL"
        );

    private void AddConsent(PreparedSignature row, long id, string purpose, string? disclosure) =>
        writing
            .Prepare(Consent)
            .Set("@campaignId", row.CampaignId)
            .Set("@id", id)
            .Set("@purpose", purpose)
            .Set("@now", _now)
            .Set("@textHash", row.TextHash)
            .Set("@privacyVersion", row.PrivacyVersion)
            .Set("@locale", row.Locale)
            .Set("@disclosure", disclosure)
            .Run();

    private void Execute(params string[] statements)
    {
        foreach (var sql in statements)
            writing.Flush().Execute(sql);
    }
}
