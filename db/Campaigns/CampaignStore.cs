using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Data.Common;
using Campaigns.Db.Caching;
using Campaigns.Db.Engine;
using Dapper;

namespace Campaigns.Db.Campaigns;

/// <summary>
/// Reads campaigns. Campaigns and their index are cached, because they change rarely and every
/// request needs one; unknown slugs cost no query. The commit of a change evicts them. If other
/// processes write too, entries are read again twice a second while requested, and signing compares
/// the version with the database.
/// </summary>
public sealed class CampaignStore
{
    private const string Select = """
        SELECT c.id, c.slug, c.state, c.version, c.organisation, c.controller_name, c.controller_contact,
               c.privacy_version, p.body AS privacy_body, p.texts AS privacy_texts, c.goal, c.opens_at, c.closes_at,
               c.closed_at, c.hand_over_on, c.answer_within_days, c.erase_after_days, c.sensitive, c.time_zone,
               c.allowed_origins, c.share_text, c.share_hashtags
        FROM campaigns c JOIN privacy_notices p ON p.campaign_id = c.id AND p.version = c.privacy_version
        """;

    private const string SelectTexts = """
        SELECT t.campaign_id, t.locale, t.version, t.title, t.demand, t.hash
        FROM petition_texts t
        WHERE t.campaign_id = @id
          AND t.version = (
              SELECT max(v.version) FROM petition_texts v WHERE v.campaign_id = t.campaign_id AND v.locale = t.locale)
        ORDER BY t.position, t.locale
        """;

    private const string SelectCountries =
        "SELECT campaign_id, country, goal, locale FROM campaign_countries WHERE campaign_id = @id ORDER BY position";

    private const string SelectRecipients = """
        SELECT campaign_id, key, name, address, countries, risk, max_disclosure, added_at,
               answer_days, answer_kind, answer_holidays,
               names, kind, locale, notice_days, admits, media, weekdays, profile_note
        FROM recipients WHERE campaign_id = @id AND removed_at IS NULL ORDER BY position
        """;

    private const string SelectTextByHash = """
        SELECT campaign_id, locale, version, title, demand, hash FROM petition_texts
        WHERE campaign_id = @campaignId AND hash = @hash
        """;

    private const string SelectAllTexts = """
        SELECT campaign_id, locale, version, title, demand, hash FROM petition_texts
        WHERE campaign_id = @campaignId
        ORDER BY position, locale, version
        """;

    private const string SelectVersion =
        "SELECT id, version, slug FROM campaigns {batch} WHERE id = @id ORDER BY id {for_key_share}";

    private const string SelectToEdit = "SELECT id FROM campaigns WHERE slug = @slug {for_update}";

    private const string SelectIndex = "SELECT id, slug FROM campaigns ORDER BY id DESC";

    private readonly ConcurrentDictionary<long, CachedValue<Campaign>> _campaigns = new();
    private readonly CachedValue<CampaignIndex> _index;
    private readonly Database _database;
    private readonly TimeProvider _time;

    public CampaignStore(Database database, TimeProvider time)
    {
        _database = database;
        _time = time;
        _index = new CachedValue<CampaignIndex>(ReadIndex, time, database.CacheLifetime);
    }

    /// <summary>
    /// The campaign in any state, or null. An unknown slug costs no query.
    /// </summary>
    public Campaign? Find(string slug) => _index.Get().BySlug.TryGetValue(slug, out var id) ? Cached(id).Get() : null;

    /// <summary>Finds a campaign; waits for a pending read without blocking a thread.</summary>
    public async ValueTask<Campaign?> FindAsync(string slug) =>
        (await _index.GetAsync()).BySlug.TryGetValue(slug, out var id) ? await Cached(id).GetAsync() : null;

    public Campaign? Find(long id) => _index.Get().Ids.Contains(id) ? Cached(id).Get() : null;

    /// <summary>The campaign of a stored row. Campaigns are never deleted.</summary>
    public Campaign Get(long id) =>
        Find(id) ?? throw new InvalidOperationException("A row belongs to a campaign that does not exist.");

    /// <summary>Gets a campaign; waits for a pending read without blocking a thread.</summary>
    public async ValueTask<Campaign> GetAsync(long id) =>
        (await _index.GetAsync()).Ids.Contains(id) ? await Cached(id).GetAsync() : Get(id);

    /// <summary>All campaigns, newest first.</summary>
    public IReadOnlyList<Campaign> List() => [.. _index.Get().NewestFirst.Select(id => Cached(id).Get())];

    /// <summary>All campaigns; waits for pending reads without blocking a thread.</summary>
    public async ValueTask<IReadOnlyList<Campaign>> ListAsync()
    {
        var ids = (await _index.GetAsync()).NewestFirst;
        var campaigns = new Campaign[ids.Count];
        foreach (var (place, id) in ids.Index())
            campaigns[place] = await Cached(id).GetAsync();
        return campaigns;
    }

    /// <summary>The text with that hash, of any version, or null.</summary>
    public PetitionText? FindText(long campaignId, string hash)
    {
        using var connection = _database.Read();
        var row = connection.QuerySingleOrDefault<TextRow>(SelectTextByHash, new { campaignId, hash });
        return row is null ? null : new PetitionText(row.Locale, row.Version, row.Title, row.Demand, row.Hash);
    }

    /// <summary>Every version of every locale, oldest first.</summary>
    public IReadOnlyList<PetitionText> AllTexts(long campaignId)
    {
        using var connection = _database.Read();
        return
        [
            .. connection
                .Query<TextRow>(SelectAllTexts, new { campaignId })
                .Select(row => new PetitionText(row.Locale, row.Version, row.Title, row.Demand, row.Hash)),
        ];
    }

    /// <summary>
    /// The current versions of the campaigns that changed since they were read. The lock prevents
    /// edits until the transaction ends.
    /// </summary>
    internal static Dictionary<long, Campaign> FindChanged(
        WriteTransaction write,
        IReadOnlyCollection<Campaign> campaigns
    )
    {
        var byId = campaigns.DistinctBy(campaign => campaign.Id).OrderBy(campaign => campaign.Id).ToList();
        var versions = write.ReadEach(
            SelectVersion,
            byId,
            static (statement, campaign) => statement.Set("@id", campaign.Id),
            row => (Id: row.Long(0), Version: row.Long(1), Slug: row.Text(2))
        );
        var seen = campaigns.ToLookup(campaign => campaign.Id, campaign => campaign.Version);
        return versions
            .Where(now => seen[now.Id].Any(version => version != now.Version))
            .ToDictionary(now => now.Id, now => Load(write.Connection, now.Slug)!);
    }

    /// <summary>
    /// Reads and locks the campaign for an edit: no other transaction edits or signs it until this
    /// one ends.
    /// </summary>
    internal static Campaign? LoadToEdit(WriteTransaction write, string slug)
    {
        write.Connection.QuerySingleOrDefault<long?>(write.Sql(SelectToEdit), new { slug });
        return Load(write.Connection, slug);
    }

    internal void Evict(Campaign campaign) => Cached(campaign.Id).Invalidate();

    internal void EvictList() => _index.Invalidate();

    private static Campaign? Load(DbConnection connection, string slug) =>
        Load(connection, connection.QuerySingleOrDefault<CampaignRow>(Select + " WHERE c.slug = @slug", new { slug }));

    private static Campaign? Load(DbConnection connection, CampaignRow? row) =>
        row?.ToCampaign(
            connection.Query<TextRow>(SelectTexts, new { id = row.Id }),
            connection.Query<CountryRow>(SelectCountries, new { id = row.Id }),
            connection.Query<RecipientRow>(SelectRecipients, new { id = row.Id })
        );

    private CachedValue<Campaign> Cached(long id) =>
        _campaigns.TryGetValue(id, out var cached)
            ? cached
            : _campaigns.GetOrAdd(id, _ => new CachedValue<Campaign>(
                () => ReadCampaign(id),
                _time,
                _database.CacheLifetime
            ));

    private Campaign ReadCampaign(long id) =>
        _database.Snapshot(connection =>
            Load(connection, connection.QuerySingle<CampaignRow>(Select + " WHERE c.id = @id", new { id }))
        )!;

    private CampaignIndex ReadIndex()
    {
        using var connection = _database.Read();
        return new CampaignIndex([.. connection.Query<IndexRow>(SelectIndex)]);
    }

    /// <summary>The ids and slugs of all campaigns.</summary>
    private sealed class CampaignIndex(IReadOnlyList<IndexRow> rows)
    {
        public IReadOnlyList<long> NewestFirst { get; } = [.. rows.Select(row => row.Id)];
        public FrozenSet<long> Ids { get; } = rows.Select(row => row.Id).ToFrozenSet();
        public FrozenDictionary<string, long> BySlug { get; } =
            rows.ToFrozenDictionary(row => row.Slug, row => row.Id, StringComparer.Ordinal);
    }

    private sealed class IndexRow
    {
        public required long Id { get; init; }
        public required string Slug { get; init; }
    }
}
