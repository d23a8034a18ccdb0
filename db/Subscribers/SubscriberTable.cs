using System.Data.Common;
using Campaigns.Db.Engine;
using Campaigns.Signatures;
using Campaigns.Subscribers;
using Dapper;

namespace Campaigns.Db.Subscribers;

/// <summary>Finds and writes subscribers in the caller's transaction.</summary>
internal static class SubscriberTable
{
    private const string SelectById =
        $"SELECT {SubscriberRow.Columns} FROM subscribers WHERE campaign_id = @campaignId AND id = @id";

    private const string SelectByIndex = $$"""
        SELECT {{SubscriberRow.Columns}} FROM subscribers WHERE campaign_id = @campaignId AND blind_index = @index
        """;

    private const string Insert = """
        INSERT INTO subscribers (id, campaign_id, state, source, address, blind_index, index_version, locale, country,
                                 consented_at, privacy_version, wording_hash, generation, expires_at, term_from,
                                 active_since)
        VALUES (@id, @campaignId, @state, @source, @address, @Index, @Version, @locale, @country,
                @consentedAt, @noticeVersion, @wordingHash, 0, @expiresAt, @termFrom, @termFrom)
        ON CONFLICT (campaign_id, blind_index) DO NOTHING
        """;

    private const string Replace = """
        UPDATE subscribers
        SET state = @state, source = @source, address = @address, blind_index = @Index, index_version = @Version,
            locale = @locale, country = @country, consented_at = @consentedAt, privacy_version = @noticeVersion,
            wording_hash = @wordingHash, generation = generation + @raise, expires_at = @expiresAt,
            term_from = @termFrom, active_since = @termFrom,
            ended_at = CASE WHEN @state = 'active' THEN NULL ELSE ended_at END,
            end_reason = CASE WHEN @state = 'active' THEN NULL ELSE end_reason END
        WHERE campaign_id = @campaignId AND id = @id
        """;

    private const string ConfirmRow = $"""
        UPDATE subscribers
        SET state = '{SubscriberState.Active}', expires_at = NULL, term_from = @now, active_since = @now,
            ended_at = NULL, end_reason = NULL
        WHERE campaign_id = @CampaignId AND id = @Id AND state = '{SubscriberState.Pending}'
        """;

    private const string BeginTerm = $$"""
        UPDATE subscribers SET term_from = @sentAt {batch}
        WHERE campaign_id = @campaignId AND id = @id AND state = '{{SubscriberState.Active}}'
        """;

    public static SubscriberRow? Find(DbConnection connection, long campaignId, long id) =>
        connection.QuerySingleOrDefault<SubscriberRow>(SelectById, new { campaignId, id });

    /// <summary>The row with its lock until the transaction ends.</summary>
    public static SubscriberRow? Find(WriteTransaction write, long campaignId, long id) =>
        write.Connection.QuerySingleOrDefault<SubscriberRow>(
            write.Sql(SelectById + " {for_update}"),
            new { campaignId, id }
        );

    /// <summary>The row of an address under any of its indexes.</summary>
    public static SubscriberRow? Find(DbConnection connection, long campaignId, IReadOnlyList<byte[]> candidates) =>
        candidates
            .Select(index => connection.QuerySingleOrDefault<SubscriberRow>(SelectByIndex, new { campaignId, index }))
            .FirstOrDefault(row => row is not null);

    /// <inheritdoc cref="Find(DbConnection, long, IReadOnlyList{byte[]})"/>
    public static SubscriberRow? Find(WriteTransaction write, long campaignId, IReadOnlyList<byte[]> candidates) =>
        candidates
            .Select(index =>
                write.Connection.QuerySingleOrDefault<SubscriberRow>(
                    write.Sql(SelectByIndex + " {for_update}"),
                    new { campaignId, index }
                )
            )
            .FirstOrDefault(row => row is not null);

    /// <summary>
    /// Stores a request that waits for its button; returns the row with its link. An active
    /// subscriber stays as they are.
    /// </summary>
    public static SubscriberRow Request(
        WriteTransaction write,
        long campaignId,
        NewSubscription request,
        TimeSpan term,
        SubscriberEncryption encryption
    )
    {
        var known = Find(write, campaignId, encryption.Candidates(campaignId, request.Email.Normalised));
        if (known is { IsActive: true })
            return known;
        var id = known?.Id ?? write.NextId();
        Write(
            write,
            known,
            new Written(SubscriberState.Pending, SubscriberSource.Form, campaignId, id, request.Email)
            {
                Locale = request.Locale,
                Country = request.Country,
                Consent = new SubscriberConsent(write.Now, request.NoticeVersion, request.WordingHash),
                ExpiresAt = write.Now + term,
                Raise = known?.HasData(request) is true ? 0 : 1,
            },
            encryption
        );
        // On PostgreSQL another process may have inserted the address first; then its row counts.
        return Find(write, campaignId, encryption.Candidates(campaignId, request.Email.Normalised))!;
    }

    /// <summary>
    /// Subscribes the owner of a confirmed mailbox. A subscription that has ended since the consent
    /// stays ended. True if the address was no subscriber before.
    /// </summary>
    public static bool Subscribe(
        WriteTransaction write,
        long campaignId,
        EmailAddress email,
        string locale,
        string country,
        SubscriberConsent consent,
        SubscriberEncryption encryption
    )
    {
        var known = Find(write, campaignId, encryption.Candidates(campaignId, email.Normalised));
        if (known is { IsActive: true })
            return false;
        if (known?.EndedAt is { } endedAt && !SubscriberRules.Revives(consent.GivenAt, endedAt))
            return false;
        var row = new Written(
            SubscriberState.Active,
            SubscriberSource.Signature,
            campaignId,
            known?.Id ?? write.NextId(),
            email
        )
        {
            Locale = locale,
            Country = country,
            Consent = consent,
            TermFrom = write.Now,
            Raise = 1,
        };
        if (Write(write, known, row, encryption) > 0)
            return true;
        // On PostgreSQL another process inserted the address first.
        var other = Find(write, campaignId, encryption.Candidates(campaignId, email.Normalised))!;
        return !other.IsActive && Write(write, other, row with { Id = other.Id }, encryption) > 0;
    }

    /// <summary>Makes a pending subscriber active.</summary>
    public static void Confirm(WriteTransaction write, SubscriberRow row) =>
        write.Connection.Execute(
            ConfirmRow,
            new
            {
                row.CampaignId,
                row.Id,
                now = write.Now,
            }
        );

    /// <summary>
    /// An update was sent to the subscriber: the term of the subscription begins again.
    /// </summary>
    public static void RecordUpdate(WriteTransaction write, long campaignId, long id) =>
        write
            .Prepare(BeginTerm)
            .Set("@campaignId", campaignId)
            .Set("@id", id)
            .Set("@sentAt", write.Now.ToUnixTimeMilliseconds())
            .Defer();

    private static int Write(WriteTransaction write, SubscriberRow? known, Written row, SubscriberEncryption encryption)
    {
        var index = encryption.Index(row.CampaignId, row.Email);
        return write.Connection.Execute(
            known is null ? Insert : Replace,
            new
            {
                id = row.Id,
                campaignId = row.CampaignId,
                state = row.State,
                source = row.Source,
                address = encryption.Encrypt(row.Id, row.Email),
                index.Index,
                index.Version,
                locale = row.Locale,
                country = row.Country,
                consentedAt = row.Consent.GivenAt,
                noticeVersion = row.Consent.NoticeVersion,
                wordingHash = row.Consent.WordingHash,
                expiresAt = row.ExpiresAt,
                termFrom = row.TermFrom,
                raise = row.Raise,
            }
        );
    }

    private sealed record Written(string State, string Source, long CampaignId, long Id, EmailAddress Email)
    {
        public required string Locale { get; init; }
        public required string? Country { get; init; }
        public required SubscriberConsent Consent { get; init; }
        public DateTimeOffset? ExpiresAt { get; init; }
        public DateTimeOffset? TermFrom { get; init; }

        /// <summary>1 if the links of before end.</summary>
        public required int Raise { get; init; }
    }
}
