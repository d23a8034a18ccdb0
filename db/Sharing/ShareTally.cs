using Campaigns.Sharing;
using Dapper;

namespace Campaigns.Db.Sharing;

/// <summary>
/// Counts visits and signatures by share code in memory. They are written together every few
/// seconds, so that a request neither reads nor writes for them; a process that is killed loses the
/// last seconds. Only sums leave the memory: no time, no network, no person.
/// </summary>
public sealed class ShareTally(Database database)
{
    // Between two writes; invented codes after that are counted as other without being looked up.
    private const int MostCodes = 10_000;

    private const string SelectCodes = "SELECT code FROM share_codes WHERE campaign_id = @campaignId";

    private const string Add = """
        INSERT INTO share_counts (campaign_id, code, writer, visits, signed)
        VALUES (@campaignId, @code, @writer, @visits, @forms)
        ON CONFLICT (campaign_id, code, writer) DO UPDATE
        SET visits = share_counts.visits + excluded.visits, signed = share_counts.signed + excluded.signed
        """;

    private readonly Lock _lock = new();
    private Dictionary<(long Campaign, string Code), ShareFigures> _waiting = [];

    /// <summary>
    /// Counts a visit of a campaign's page or frame. A code that the campaign does not have is
    /// <see cref="ShareCodes.Other"/>.
    /// </summary>
    public void CountVisit(long campaignId, string code) => Count(campaignId, code, new ShareFigures(1, 0));

    /// <summary>
    /// Counts a form that was accepted, also for an address that had signed before: the figures
    /// must not tell who did.
    /// </summary>
    public void CountSigned(long campaignId, string code) => Count(campaignId, code, new ShareFigures(0, 1));

    /// <summary>
    /// Writes what was counted. What could not be written is counted with the next.
    /// </summary>
    public async Task FlushAsync()
    {
        Dictionary<(long Campaign, string Code), ShareFigures> taken;
        lock (_lock)
            (taken, _waiting) = (_waiting, []);
        if (taken.Count == 0)
            return;
        try
        {
            await database.Writes.RunAsync(write =>
            {
                foreach (var campaign in taken.GroupBy(one => one.Key.Campaign))
                {
                    var known = write
                        .Connection.Query<string>(SelectCodes, new { campaignId = campaign.Key })
                        .ToHashSet(StringComparer.Ordinal);
                    foreach (var code in campaign.GroupBy(one => CodeOf(one.Key.Code, known)))
                        write.Connection.Execute(
                            Add,
                            new
                            {
                                campaignId = campaign.Key,
                                code = code.Key,
                                writer = write.Writer,
                                visits = code.Sum(one => one.Value.Visits),
                                forms = code.Sum(one => one.Value.Forms),
                            }
                        );
                }
                return true;
            });
        }
        catch
        {
            foreach (var (key, figures) in taken)
                Count(key.Campaign, key.Code, figures);
            throw;
        }
    }

    private void Count(long campaignId, string code, ShareFigures figures)
    {
        lock (_lock)
        {
            var key = (campaignId, code);
            if (_waiting.Count >= MostCodes && !_waiting.ContainsKey(key))
                key = (campaignId, ShareCodes.Other);
            _waiting[key] = _waiting.GetValueOrDefault(key) + figures;
        }
    }

    private static string CodeOf(string code, HashSet<string> known) => known.Contains(code) ? code : ShareCodes.Other;
}
