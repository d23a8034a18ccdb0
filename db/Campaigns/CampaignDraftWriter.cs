using Campaigns.Db.Engine;
using Dapper;

namespace Campaigns.Db.Campaigns;

/// <summary>
/// Writes the rows of a campaign draft: the campaign, privacy notice, texts, countries and
/// recipients.
/// </summary>
internal static class CampaignDraftWriter
{
    private const string InsertCampaign = """
        INSERT INTO campaigns (id, slug, state, organisation, controller_name, controller_contact, privacy_version,
                               goal, opens_at, closes_at, hand_over_on, answer_within_days, erase_after_days,
                               sensitive, time_zone, allowed_origins, share_text, share_hashtags, created_at)
        VALUES (@id, @Slug, 'draft', @Organisation, @controllerName, @controllerContact, @privacyVersion,
                @Goal, @opensAt, @closesAt, @handOverOn, @AnswerWithinDays, @EraseAfterDays,
                @sensitive, @TimeZone, @allowedOrigins, @shareText, @shareHashtags, @now)
        ON CONFLICT (slug) DO NOTHING
        """;

    private const string UpdateCampaign = """
        UPDATE campaigns
        SET organisation = @Organisation, controller_name = @controllerName, controller_contact = @controllerContact,
            privacy_version = @privacyVersion, goal = @Goal, opens_at = @opensAt, closes_at = @closesAt,
            hand_over_on = @handOverOn, answer_within_days = @AnswerWithinDays, erase_after_days = @EraseAfterDays,
            sensitive = @sensitive, time_zone = @TimeZone, allowed_origins = @allowedOrigins,
            share_text = @shareText, share_hashtags = @shareHashtags
        WHERE id = @id
        """;

    private const string InsertNotice = """
        INSERT INTO privacy_notices (campaign_id, version, body, texts, created_at)
        VALUES (@id, @Version, @Text, @texts, @now)
        ON CONFLICT (campaign_id, version) DO NOTHING
        """;

    private const string InsertText = """
        INSERT INTO petition_texts (campaign_id, locale, version, position, title, demand, hash, created_at)
        VALUES (@id, @Locale, @version, @position, @Title, @Demand, @hash, @now)
        """;

    private const string InsertCountry = """
        INSERT INTO campaign_countries (campaign_id, country, goal, locale, position)
        VALUES (@id, @Country, @Goal, @Locale, @position)
        """;

    private const string UpsertRecipient = """
        INSERT INTO recipients (campaign_id, key, name, address, countries, risk, max_disclosure, position, added_at,
                                answer_days, answer_kind, answer_holidays,
                                names, kind, locale, notice_days, admits, media, weekdays, profile_note)
        VALUES (@id, @Key, @Name, @Address, @countries, @Risk, @maxDisclosure, @position, @addedAt,
                @answerDays, @answerKind, @answerHolidays,
                @names, @Kind, @Locale, @noticeDays, @admits, @media, @weekdays, @profileNote)
        ON CONFLICT (campaign_id, key) DO UPDATE SET
            added_at = excluded.added_at,
            removed_at = NULL, name = excluded.name, address = excluded.address, countries = excluded.countries,
            risk = excluded.risk, max_disclosure = excluded.max_disclosure, position = excluded.position,
            answer_days = excluded.answer_days, answer_kind = excluded.answer_kind,
            answer_holidays = excluded.answer_holidays, names = excluded.names, kind = excluded.kind,
            locale = excluded.locale, notice_days = excluded.notice_days, admits = excluded.admits,
            media = excluded.media, weekdays = excluded.weekdays, profile_note = excluded.profile_note
        """;

    private const string SelectRecipientKeys =
        "SELECT key FROM recipients WHERE campaign_id = @id AND removed_at IS NULL";

    private const string RemoveRecipient =
        "UPDATE recipients SET removed_at = @now WHERE campaign_id = @id AND key = @key";

    /// <summary>Inserts the campaign and its privacy notice; false if the slug exists.</summary>
    public static bool TryInsert(WriteTransaction write, long id, CampaignDraft draft)
    {
        if (write.Connection.Execute(InsertCampaign, Parameters(id, draft, write.Now)) == 0)
            return false;
        WriteNotice(write, id, draft.PrivacyNotice);
        return true;
    }

    /// <summary>Updates the campaign and adds a new version of its privacy notice.</summary>
    public static void Update(WriteTransaction write, long id, CampaignDraft draft)
    {
        write.Connection.Execute(UpdateCampaign, Parameters(id, draft, write.Now));
        WriteNotice(write, id, draft.PrivacyNotice);
    }

    /// <summary>
    /// Inserts one version of each text. <paramref name="known"/>: the campaign's locales in order,
    /// which keep their positions.
    /// </summary>
    public static void WriteTexts(
        WriteTransaction write,
        long id,
        string slug,
        IReadOnlyList<DraftText> texts,
        int version,
        List<string>? known = null
    )
    {
        foreach (var (index, text) in texts.Index())
        {
            // A known locale keeps its position; a new locale goes last.
            var position =
                known is null ? index
                : known.IndexOf(text.Locale) is var at and >= 0 ? at
                : known.Count + index;
            var hash = TextHash.Compute(slug, text.Locale, version, text.Title, text.Demand);
            write.Connection.Execute(
                InsertText,
                new
                {
                    id,
                    text.Locale,
                    version,
                    position,
                    text.Title,
                    text.Demand,
                    hash,
                    now = write.Now.ToUnixTimeMilliseconds(),
                }
            );
        }
    }

    /// <summary>
    /// Inserts the countries, upserts the recipients and marks missing recipients as removed.
    /// </summary>
    public static void WriteCountriesAndRecipients(
        WriteTransaction write,
        long id,
        CampaignDraft draft,
        IReadOnlyList<Recipient> before
    )
    {
        foreach (var (position, country) in draft.Countries.Index())
            write.Connection.Execute(
                InsertCountry,
                new
                {
                    id,
                    country.Country,
                    country.Goal,
                    country.Locale,
                    position,
                }
            );
        var now = write.Now.ToUnixTimeMilliseconds();
        var keys = draft.Recipients.Select(recipient => recipient.Key).ToHashSet(StringComparer.Ordinal);
        var stored = write.Connection.Query<string>(SelectRecipientKeys, new { id }).ToList();
        foreach (var key in stored.Where(key => !keys.Contains(key)))
            write.Connection.Execute(
                RemoveRecipient,
                new
                {
                    id,
                    key,
                    now,
                }
            );
        foreach (var (position, recipient) in draft.Recipients.Index())
        {
            var known = before.FirstOrDefault(one => one.Key == recipient.Key);
            write.Connection.Execute(
                UpsertRecipient,
                new
                {
                    id,
                    recipient.Key,
                    recipient.Name,
                    recipient.Address,
                    countries = Lists.Write(recipient.Countries),
                    recipient.Risk,
                    maxDisclosure = recipient.MaxDisclosure.Text(),
                    position,
                    answerDays = recipient.AnswerWithin?.Days,
                    answerKind = recipient.AnswerWithin?.Kind,
                    answerHolidays = recipient.AnswerWithin?.Holidays,
                    names = StoredWords.Write(recipient.Names),
                    recipient.Kind,
                    recipient.Locale,
                    noticeDays = recipient.Profile?.NoticeDays,
                    admits = recipient.Profile?.Admits,
                    media = Lists.Write(recipient.Profile?.Media),
                    weekdays = Lists.Write(recipient.Profile?.Weekdays),
                    profileNote = recipient.Profile?.Note,
                    // Earlier signers agreed to the recipient as shown. A recipient who was added again or changed to
                    // the signers' disadvantage counts as added now.
                    addedAt = known is not null && CampaignChangeRules.IsStillCovered(known, recipient)
                        ? known.AddedAt.ToUnixTimeMilliseconds()
                        : now,
                }
            );
        }
    }

    private static void WriteNotice(WriteTransaction write, long id, PrivacyNotice notice) =>
        write.Connection.Execute(
            InsertNotice,
            new
            {
                id,
                notice.Version,
                notice.Text,
                texts = StoredWords.Write(notice.Texts),
                now = write.Now.ToUnixTimeMilliseconds(),
            }
        );

    private static object Parameters(long id, CampaignDraft draft, DateTimeOffset now) =>
        new
        {
            id,
            draft.Slug,
            draft.Organisation,
            controllerName = draft.Controller.Name,
            controllerContact = draft.Controller.Contact,
            privacyVersion = draft.PrivacyNotice.Version,
            draft.Goal,
            opensAt = draft.OpensAt?.ToUnixTimeMilliseconds(),
            closesAt = draft.ClosesAt?.ToUnixTimeMilliseconds(),
            handOverOn = draft.HandOverOn is { } day ? Instant.Text(day) : null,
            draft.AnswerWithinDays,
            draft.EraseAfterDays,
            sensitive = draft.Sensitive ? 1 : 0,
            draft.TimeZone,
            allowedOrigins = Lists.Write(draft.AllowedOrigins),
            shareText = StoredWords.Write(draft.Share.Text),
            shareHashtags = draft.Share.Hashtags.Count > 0 ? Lists.Write(draft.Share.Hashtags) : null,
            now = now.ToUnixTimeMilliseconds(),
        };
}
