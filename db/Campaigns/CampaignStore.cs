using System.Collections.Concurrent;
using System.Data.Common;
using Dapper;

namespace Campaigns.Db.Campaigns;

/// <summary>
/// Reads campaigns. They change rarely and every request needs one, so they are kept in memory and forgotten by the commit that changes
/// them (this process is the only one that writes them, see docs/adr/0001).
/// </summary>
public sealed class CampaignStore(Database database)
{
    private const string Select = """
        SELECT c.id, c.slug, c.state, c.organisation, c.controller_name, c.controller_contact, c.privacy_version, p.body AS privacy_body,
               c.goal, c.opens_at, c.closes_at, c.hand_over_on, c.answer_within_days, c.erase_after_days, c.sensitive, c.allowed_origins
        FROM campaigns c JOIN privacy_notices p ON p.campaign_id = c.id AND p.version = c.privacy_version
        """;

    private const string SelectTexts = """
        SELECT t.campaign_id, t.locale, t.version, t.title, t.demand, t.hash
        FROM petition_texts t
        WHERE t.campaign_id = @id
          AND t.version = (SELECT max(v.version) FROM petition_texts v WHERE v.campaign_id = t.campaign_id AND v.locale = t.locale)
        ORDER BY t.position
        """;

    private const string SelectCountries = "SELECT campaign_id, country, goal, locale FROM campaign_countries WHERE campaign_id = @id ORDER BY position";

    private const string SelectRecipients = """
        SELECT campaign_id, key, name, address, countries, risk, max_disclosure, added_at
        FROM recipients WHERE campaign_id = @id AND removed_at IS NULL ORDER BY position
        """;

    private readonly ConcurrentDictionary<string, Campaign> _bySlug = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<long, Campaign> _byId = new();

    private long _changes;

    /// <summary>The campaign in whatever state, or null.</summary>
    public Campaign? Find(string slug)
    {
        if (_bySlug.TryGetValue(slug, out var known)) return known;
        var changes = Volatile.Read(ref _changes);
        using var connection = database.Read();
        return Remember(Load(connection, slug), changes);
    }

    public Campaign? Find(long id)
    {
        if (_byId.TryGetValue(id, out var known)) return known;
        var changes = Volatile.Read(ref _changes);
        using var connection = database.Read();
        return Remember(Load(connection, connection.QuerySingleOrDefault<CampaignRow>(Select + " WHERE c.id = @id", new { id })), changes);
    }

    /// <summary>The campaign of a row we hold. Campaigns are never deleted.</summary>
    public Campaign Get(long id) => Find(id) ?? throw new InvalidOperationException("A row belongs to a campaign that does not exist.");

    /// <summary>All campaigns, newest first.</summary>
    public IReadOnlyList<Campaign> List()
    {
        using var connection = database.Read();
        var rows = connection.Query<CampaignRow>(Select + " ORDER BY c.id DESC").ToList();
        return [.. rows.Select(row => Load(connection, row)!)];
    }

    /// <summary>The text with that hash, any version, or null.</summary>
    public PetitionText? FindText(long campaignId, string hash)
    {
        using var connection = database.Read();
        var row = connection.QuerySingleOrDefault<TextRow>(
            "SELECT campaign_id, locale, version, title, demand, hash FROM petition_texts WHERE campaign_id = @campaignId AND hash = @hash", new { campaignId, hash });
        return row is null ? null : new PetitionText(row.Locale, (int)row.Version, row.Title, row.Demand, row.Hash);
    }

    /// <summary>Every version of every locale, oldest first.</summary>
    public IReadOnlyList<PetitionText> AllTexts(long campaignId)
    {
        using var connection = database.Read();
        return [.. connection.Query<TextRow>(
            "SELECT campaign_id, locale, version, title, demand, hash FROM petition_texts WHERE campaign_id = @campaignId ORDER BY position, version", new { campaignId })
            .Select(row => new PetitionText(row.Locale, (int)row.Version, row.Title, row.Demand, row.Hash))];
    }

    /// <summary>False once the campaign was changed or forgotten since this object was read.</summary>
    internal bool IsCurrent(Campaign campaign) => _byId.TryGetValue(campaign.Id, out var known) && ReferenceEquals(known, campaign);

    internal void Forget(Campaign campaign)
    {
        Interlocked.Increment(ref _changes);
        _bySlug.TryRemove(campaign.Slug, out _);
        _byId.TryRemove(campaign.Id, out _);
    }

    /// <summary>Reads past the memory, inside a transaction that is about to change the campaign.</summary>
    internal static Campaign? Load(DbConnection connection, string slug) =>
        Load(connection, connection.QuerySingleOrDefault<CampaignRow>(Select + " WHERE c.slug = @slug", new { slug }));

    private static Campaign? Load(DbConnection connection, CampaignRow? row) => row?.ToCampaign(
        connection.Query<TextRow>(SelectTexts, new { id = row.Id }),
        connection.Query<CountryRow>(SelectCountries, new { id = row.Id }),
        connection.Query<RecipientRow>(SelectRecipients, new { id = row.Id }));

    // A campaign read before a change and remembered after it would stay wrong: then it is read again next time.
    private Campaign? Remember(Campaign? campaign, long changes)
    {
        if (campaign is null || Volatile.Read(ref _changes) != changes) return campaign;
        _bySlug[campaign.Slug] = campaign;
        _byId[campaign.Id] = campaign;
        if (Volatile.Read(ref _changes) != changes) Forget(campaign);
        return campaign;
    }
}
