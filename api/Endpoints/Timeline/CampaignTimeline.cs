using System.Buffers.Text;
using System.Text;

namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>The public timeline of a campaign in one language.</summary>
/// <param name="Items">All items, newest first.</param>
/// <param name="Series">Figures that appear more than once.</param>
public sealed record CampaignTimeline(IReadOnlyList<TimelineItem> Items, IReadOnlyList<FigureSeries> Series)
{
    public const int PageLength = 50;

    private const int LongestCursor = 200;

    /// <summary>
    /// The items before a cursor, and the cursor of the next page; null for a cursor that this
    /// class did not make. Null as the cursor is the newest page.
    /// </summary>
    public TimelinePage? FindPage(string? before, int length = PageLength)
    {
        var key = before is null ? null : ReadCursor(before);
        if (before is not null && key is null)
            return null;
        var rest = key is null ? Items : [.. Items.Where(item => string.CompareOrdinal(item.Key, key) < 0)];
        return new TimelinePage([.. rest.Take(length)], rest.Count > length ? WriteCursor(rest[length - 1].Key) : null);
    }

    // The key of the last item, so items that are added or withdrawn between two pages shift nothing.
    private static string WriteCursor(string key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    private static string? ReadCursor(string cursor)
    {
        if (cursor.Length > LongestCursor || !Base64Url.IsValid(cursor))
            return null;
        var key = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        return key.Length > 10 && Instant.TryParseDate(key[..10], out _) ? key : null;
    }
}
