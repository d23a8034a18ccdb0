using System.Data.Common;
using Campaigns.Db.Engine;
using Campaigns.Db.Ledger;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;
using Dapper;

namespace Campaigns.Db.Campaigns;

/// <summary>
/// The changes that staff make to a campaign. Each change is one transaction, with its line in the
/// audit trail.
/// </summary>
public sealed class CampaignEditor(Database database, CampaignStore campaigns, LedgerStore ledger)
{
    // closed_at is the end of signing; archiving later keeps it, so that the erasure term does not move.
    private const string ChangeState = """
        UPDATE campaigns
        SET state = @state, closed_at = CASE @state WHEN 'open' THEN NULL ELSE COALESCE(closed_at, @now) END,
            archived_at = CASE @state WHEN 'archived' THEN @now END
        WHERE id = @Id
        """;

    // The first erasure that was promised to a signer and is not yet done; RetentionStore raises it.
    private const string LowerNextErasure = """
        UPDATE campaigns SET next_erasure = @promised
        WHERE id = @Id AND (next_erasure IS NULL OR next_erasure > @promised)
        """;

    public Task<Outcome<Campaign>> CreateAsync(CampaignDraft draft, Actor actor) =>
        database.Writes.RunAsync(write => Create(write, draft, actor));

    /// <summary>Creates a campaign in the caller's transaction.</summary>
    public Outcome<Campaign> Create(WriteTransaction write, CampaignDraft draft, Actor actor)
    {
        var id = write.NextId();
        if (!CampaignDraftWriter.TryInsert(write, id, draft))
            return Refusal.SlugTaken;
        CampaignDraftWriter.WriteTexts(write, id, draft.Slug, draft.Texts, version: 1);
        CampaignDraftWriter.WriteCountriesAndRecipients(write, id, draft, []);
        ledger.WriteEmptyHead(write, id, draft);
        actor.Audit(write, "campaign.create", draft.Slug);
        write.AfterCommit(campaigns.EvictList);
        return CampaignStore.LoadToEdit(write, draft.Slug)!;
    }

    /// <summary>True if people have signed the campaign.</summary>
    public bool IsSigned(long campaignId)
    {
        using var connection = database.Read();
        return FindSignedCountries(connection, campaignId) is not null;
    }

    /// <summary>
    /// Applies a change computed from the campaign inside the transaction. Refused as
    /// <see cref="CampaignChangeRules"/> says. <paramref name="mayEraseSooner"/>: the actor is an
    /// administrator.
    /// </summary>
    public Task<Outcome<Campaign>> ChangeAsync(
        string slug,
        Func<Campaign, Outcome<CampaignDraft>> change,
        Actor actor,
        bool mayEraseSooner
    ) =>
        database.Writes.RunAsync<Outcome<Campaign>>(write =>
        {
            if (CampaignStore.LoadToEdit(write, slug) is not { } current)
                return Refusal.NotFound;
            var changed = change(current);
            if (changed.Value is not { } draft)
                return changed.Refusal!;
            var signedFrom = FindSignedCountries(write.Connection, current.Id);
            var shownNotice = FindShownNotice(write.Connection, current.Id, draft.PrivacyNotice.Version);
            var edit = new CampaignEdit(mayEraseSooner, write.Now);
            if (CampaignChangeRules.Refuse(current, draft, signedFrom, shownNotice, edit) is { } refusal)
                return refusal;
            if (CampaignChangeRules.ChangesTexts(current, draft))
            {
                write.Connection.Execute("DELETE FROM petition_texts WHERE campaign_id = @Id", new { current.Id });
                CampaignDraftWriter.WriteTexts(write, current.Id, slug, draft.Texts, version: 1);
            }
            CampaignDraftWriter.Update(write, current.Id, draft);
            write.Connection.Execute("DELETE FROM campaign_countries WHERE campaign_id = @Id", new { current.Id });
            foreach (var key in CampaignChangeRules.FindRestrictedRecipients(current, draft))
                PacketInvalidation.InvalidateRecipient(write, current.Id, key);
            CampaignDraftWriter.WriteCountriesAndRecipients(write, current.Id, draft, current.Recipients);
            actor.Audit(write, "campaign.change", slug);
            MarkEdited(write, current);
            var edited = CampaignStore.LoadToEdit(write, slug)!;
            KeepPromise(write, current, edited, actor);
            return edited;
        });

    /// <summary>
    /// Adds the next version of the given locales. Earlier signatures keep the version that they
    /// signed.
    /// </summary>
    public Outcome<Campaign> AddTexts(WriteTransaction write, string slug, IReadOnlyList<DraftText> texts, Actor actor)
    {
        if (CampaignStore.LoadToEdit(write, slug) is not { } current)
            return Refusal.NotFound;
        if (CampaignLifecycle.Find(current.State, CampaignAct.AddText).Refusal is { } refusal)
            return refusal;
        var locales = current.Texts.Select(known => known.Locale).ToList();
        foreach (var text in texts)
        {
            var version = (current.Texts.FirstOrDefault(known => known.Locale == text.Locale)?.Version ?? 0) + 1;
            CampaignDraftWriter.WriteTexts(write, current.Id, slug, [text], version, locales);
            // The next new locale gets the next position.
            if (!locales.Contains(text.Locale))
                locales.Add(text.Locale);
        }
        actor.Audit(write, "campaign.texts", slug, detail: string.Join(' ', texts.Select(text => text.Locale)));
        MarkEdited(write, current);
        return CampaignStore.LoadToEdit(write, slug)!;
    }

    /// <summary>
    /// Changes the state of the campaign. Does nothing if the state is the same. Archived is final.
    /// </summary>
    public Task<Refusal?> ChangeStateAsync(string slug, string state, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            if (CampaignStore.LoadToEdit(write, slug) is not { } current)
                return Refusal.NotFound;
            var transition = CampaignLifecycle.Find(current.State, CampaignLifecycle.ActTo(state));
            if (transition.State is null)
                return transition.Refusal;
            if (state == CampaignState.Open && ErasureRules.RefuseOpening(current) is { } refusal)
                return refusal;
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
            MarkEdited(write, current);
            KeepPromise(write, current, CampaignStore.LoadToEdit(write, slug)!, actor);
            return null;
        });

    /// <summary>
    /// Notes the erasure that the next signers are promised, and audits a change of the date.
    /// </summary>
    private static void KeepPromise(WriteTransaction write, Campaign before, Campaign after, Actor actor)
    {
        if (after.Retention.PromisedAt(write.Now) is { } promised)
            write.Connection.Execute(LowerNextErasure, new { after.Id, promised = promised.ToUnixTimeMilliseconds() });
        var (old, now) = (before.Retention.ErasesAt, after.Retention.ErasesAt);
        if (old != now)
            actor.Audit(write, "campaign.erasure", after.Slug, detail: $"from {Text(old)} to {Text(now)}");

        static string Text(DateTimeOffset? instant) => instant is { } known ? Instant.Text(known) : "unknown";
    }

    private void MarkEdited(WriteTransaction write, Campaign campaign)
    {
        write.Connection.Execute("UPDATE campaigns SET version = version + 1 WHERE id = @Id", new { campaign.Id });
        write.AfterCommit(() => campaigns.Evict(campaign));
    }

    /// <summary>The countries with signatures; null if the campaign has none.</summary>
    private static HashSet<string>? FindSignedCountries(DbConnection connection, long id) =>
        connection.QuerySingleOrDefault<long?>("SELECT id FROM signatures WHERE campaign_id = @id LIMIT 1", new { id })
            is null
            ? null
            : connection
                .Query<string>(
                    "SELECT country FROM counters WHERE campaign_id = @id GROUP BY country HAVING SUM(value) > 0",
                    new { id }
                )
                .ToHashSet(StringComparer.Ordinal);

    private static PrivacyNotice? FindShownNotice(DbConnection connection, long id, string version) =>
        connection
            .QuerySingleOrDefault<NoticeRow>(
                "SELECT version, body, texts FROM privacy_notices WHERE campaign_id = @id AND version = @version",
                new { id, version }
            )
            ?.ToNotice();
}
