using System.Net;
using System.Text.RegularExpressions;

namespace Campaigns.Tests.Http.Jobs;

/// <summary>
/// Reads every page of the job board, as the browser of an administrator gets them.
/// </summary>
internal static partial class JobBoardPages
{
    public const string Address = "/staff/jobs";

    /// <summary>The pages by their address; each must exist.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAllAsync(HttpClient http)
    {
        var pages = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var unread = new Queue<string>([Address]);
        while (unread.TryDequeue(out var address))
        {
            if (pages.ContainsKey(address))
                continue;
            using var answer = await http.GetAsync(address);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            pages[address] = await answer.Content.ReadAsStringAsync();
            foreach (Match link in Link().Matches(pages[address]))
                unread.Enqueue(WebUtility.HtmlDecode(link.Groups[1].Value));
        }
        return pages;
    }

    // Matches pages of the board but not styles and scripts, and each list once whatever its page size.
    [GeneratedRegex("href=\"(/staff/jobs(?!/(?:css|js|fonts))[^\"?#]*)\"")]
    private static partial Regex Link();
}
