using System.Data.Common;
using Campaigns.Db.Ledger;
using Campaigns.Db.Staff;
using Campaigns.Db.Writes;
using Campaigns.Ledger;
using Dapper;

namespace Campaigns.Db.Campaigns;

/// <summary>
/// Everything staff do to a campaign. Each act is one transaction together with its line in the
/// audit trail.
/// </summary>
public sealed class CampaignEditor(Database database, CampaignStore campaigns, LedgerStore ledger)
{
    private const string Insert = """
        INSERT INTO campaigns (id, slug, state, organisation, controller_name, controller_contact, privacy_version, goal, opens_at, closes_at,
                               hand_over_on, answer_within_days, erase_after_days, sensitive, allowed_origins, created_at)
        VALUES (@id, @Slug, 'draft', @Organisation, @controllerName, @controllerContact, @privacyVersion, @Goal, @opensAt, @closesAt,
                @handOverOn, @AnswerWithinDays, @EraseAfterDays, @sensitive, @allowedOrigins, @now)
        ON CONFLICT (slug) DO NOTHING
        """;

    private const string Update = """
        UPDATE campaigns SET organisation = @Organisation, controller_name = @controllerName, controller_contact = @controllerContact,
               privacy_version = @privacyVersion, goal = @Goal, opens_at = @opensAt, closes_at = @closesAt, hand_over_on = @handOverOn,
               answer_within_days = @AnswerWithinDays, erase_after_days = @EraseAfterDays, sensitive = @sensitive, allowed_origins = @allowedOrigins
        WHERE id = @id
        """;

    // Closed is when signing ended: archiving later does not push the term of erasure out.
    private const string ChangeState = """
        UPDATE campaigns SET state = @state, closed_at = CASE @state WHEN 'open' THEN NULL ELSE COALESCE(closed_at, @now) END WHERE id = @Id
        """;

    private const string InsertNotice = """
        INSERT INTO privacy_notices (campaign_id, version, body, created_at) VALUES (@id, @Version, @Text, @now)
        ON CONFLICT (campaign_id, version) DO NOTHING
        """;

    private const string InsertText = """
        INSERT INTO petition_texts (campaign_id, locale, version, position, title, demand, hash, created_at)
        VALUES (@id, @Locale, @version, @position, @Title, @Demand, @hash, @now)
        """;

    private const string InsertCountry = """
        INSERT INTO campaign_countries (campaign_id, country, goal, locale, position) VALUES (@id, @Country, @Goal, @Locale, @position)
        """;

    private const string UpsertRecipient = """
        INSERT INTO recipients (campaign_id, key, name, address, countries, risk, max_disclosure, position, added_at)
        VALUES (@id, @Key, @Name, @Address, @countries, @Risk, @maxDisclosure, @position, @addedAt)
        ON CONFLICT (campaign_id, key) DO UPDATE SET
            added_at = excluded.added_at,
            removed_at = NULL, name = excluded.name, address = excluded.address, countries = excluded.countries,
            risk = excluded.risk, max_disclosure = excluded.max_disclosure, position = excluded.position
        """;

    public Task<Outcome<Campaign>> CreateAsync(CampaignDraft draft, Actor actor) =>
        database.Writes.RunAsync<Outcome<Campaign>>(write =>
        {
            var id = write.NextId();
            if (write.Connection.Execute(Insert, Parameters(id, draft, write.Now)) == 0)
                return Refusal.SlugTaken;
            write.Connection.Execute(
                InsertNotice,
                new
                {
                    id,
                    draft.PrivacyNotice.Version,
                    draft.PrivacyNotice.Text,
                    now = write.Now.ToUnixTimeMilliseconds(),
                }
            );
            WriteTexts(write, id, draft.Slug, draft.Texts, version: 1);
            WriteCountriesAndRecipients(write, id, draft, []);
            ledger.WriteEmptyHead(write, id, draft.Slug);
            actor.Audit(write, "campaign.create", draft.Slug);
            write.AfterCommit(campaigns.EvictList);
            return CampaignStore.LoadToEdit(write, draft.Slug)!;
        });

    /// <summary>
    /// Applies a change that is worked out from the campaign as it stands inside the transaction.
    /// Texts may change only while nobody has signed; a changed privacy notice needs a new version.
    /// </summary>
    public Task<Outcome<Campaign>> ChangeAsync(
        string slug,
        Func<Campaign, Outcome<CampaignDraft>> change,
        Actor actor
    ) =>
        database.Writes.RunAsync<Outcome<Campaign>>(write =>
        {
            if (CampaignStore.LoadToEdit(write, slug) is not { } current)
                return Refusal.NotFound;
            var changed = change(current);
            if (changed.Value is not { } draft)
                return changed.Refusal!;
            if (current.State == CampaignState.Archived)
                return Refusal.WrongState;
            if (
                HasSignatures(write.Connection, current.Id)
                && CampaignChangeRules.Broken(current, draft, SignedFrom(write.Connection, current.Id)) is { } broken
            )
                return broken;
            if (
                draft.PrivacyNotice != current.PrivacyNotice
                && NoticeIsTaken(write.Connection, current.Id, draft.PrivacyNotice)
            )
                return Refusal.Validation(
                    "privacyNotice.version",
                    "This version has been shown to people with another text. Give the new text a new version."
                );
            if (!SameTexts(current, draft))
            {
                if (HasSignatures(write.Connection, current.Id))
                    return Refusal.WrongState;
                write.Connection.Execute("DELETE FROM petition_texts WHERE campaign_id = @Id", new { current.Id });
                WriteTexts(write, current.Id, slug, draft.Texts, version: 1);
            }
            write.Connection.Execute(Update, Parameters(current.Id, draft, write.Now));
            write.Connection.Execute(
                InsertNotice,
                new
                {
                    id = current.Id,
                    draft.PrivacyNotice.Version,
                    draft.PrivacyNotice.Text,
                    now = write.Now.ToUnixTimeMilliseconds(),
                }
            );
            write.Connection.Execute("DELETE FROM campaign_countries WHERE campaign_id = @Id", new { current.Id });
            foreach (var key in CampaignChangeRules.IsLessRisky(current, draft))
                LedgerQueue.InvalidatePacketsFor(write, current.Id, key);
            WriteCountriesAndRecipients(write, current.Id, draft, current.Recipients);
            actor.Audit(write, "campaign.change", slug);
            Edited(write, current);
            return CampaignStore.LoadToEdit(write, slug)!;
        });

    /// <summary>
    /// Adds the next version of the given locales. Earlier signatures stay with the version they
    /// signed.
    /// </summary>
    public Task<Outcome<Campaign>> AddTextsAsync(string slug, IReadOnlyList<DraftText> texts, Actor actor) =>
        database.Writes.RunAsync<Outcome<Campaign>>(write =>
        {
            if (CampaignStore.LoadToEdit(write, slug) is not { } current)
                return Refusal.NotFound;
            if (current.State == CampaignState.Archived)
                return Refusal.WrongState;
            foreach (var text in texts)
            {
                var version = (current.Texts.FirstOrDefault(known => known.Locale == text.Locale)?.Version ?? 0) + 1;
                WriteTexts(
                    write,
                    current.Id,
                    slug,
                    [text],
                    version,
                    current.Texts.Select(known => known.Locale).ToList()
                );
            }
            actor.Audit(write, "campaign.texts", slug, detail: string.Join(' ', texts.Select(text => text.Locale)));
            Edited(write, current);
            return CampaignStore.LoadToEdit(write, slug)!;
        });

    /// <summary>
    /// Moves the campaign to a state; to the state it is in, nothing happens. Archived is final.
    /// </summary>
    public Task<Refusal?> ChangeStateAsync(string slug, string state, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            if (CampaignStore.LoadToEdit(write, slug) is not { } current)
                return Refusal.NotFound;
            if (current.State == state)
                return null;
            var allowed =
                (current.State, state)
                is
                    (CampaignState.Draft, CampaignState.Open)
                    or
                    (CampaignState.Closed, CampaignState.Open)
                    or
                    (CampaignState.Open, CampaignState.Closed)
                    or
                    (CampaignState.Closed, CampaignState.Archived);
            if (!allowed)
                return Refusal.WrongState;
            write.Connection.Execute(
                ChangeState,
                new
                {
                    state,
                    current.Id,
                    now = write.Now.ToUnixTimeMilliseconds(),
                }
            );
            actor.Audit(write, "campaign." + state, slug);
            Edited(write, current);
            return null;
        });

    private void Edited(WriteTransaction write, Campaign campaign)
    {
        write.Connection.Execute("UPDATE campaigns SET version = version + 1 WHERE id = @Id", new { campaign.Id });
        write.AfterCommit(() => campaigns.Evict(campaign));
    }

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
            allowedOrigins = Lists.Write(draft.AllowedOrigins),
            now = now.ToUnixTimeMilliseconds(),
        };

    private static void WriteTexts(
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
            // A locale keeps its place; a new one goes last.
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

    private static void WriteCountriesAndRecipients(
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
        foreach (
            var gone in write
                .Connection.Query<string>(
                    "SELECT key FROM recipients WHERE campaign_id = @id AND removed_at IS NULL",
                    new { id }
                )
                .Where(key => !keys.Contains(key))
                .ToList()
        )
            write.Connection.Execute(
                "UPDATE recipients SET removed_at = @now WHERE campaign_id = @id AND key = @gone",
                new
                {
                    id,
                    gone,
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
                    // Earlier signers agreed to the recipient they saw; one who changed in their disfavour, or came
                    // back, counts as added now.
                    addedAt = known is not null && CampaignChangeRules.IsStillCovered(known, recipient)
                        ? known.AddedAt.ToUnixTimeMilliseconds()
                        : now,
                }
            );
        }
    }

    private static bool SameTexts(Campaign current, CampaignDraft draft) =>
        current.Texts.Select(text => new DraftText(text.Locale, text.Title, text.Demand)).SequenceEqual(draft.Texts);

    private static bool HasSignatures(DbConnection connection, long id) =>
        connection.QuerySingleOrDefault<long?>("SELECT id FROM signatures WHERE campaign_id = @id LIMIT 1", new { id })
            is not null;

    private static HashSet<string> SignedFrom(DbConnection connection, long id) =>
        connection
            .Query<string>(
                "SELECT country FROM counters WHERE campaign_id = @id GROUP BY country HAVING SUM(value) > 0",
                new { id }
            )
            .ToHashSet(StringComparer.Ordinal);

    private static bool NoticeIsTaken(DbConnection connection, long id, PrivacyNotice notice) =>
        connection.QuerySingleOrDefault<string>(
            "SELECT body FROM privacy_notices WHERE campaign_id = @id AND version = @Version",
            new { id, notice.Version }
        )
            is { } body
        && body != notice.Text;
}
