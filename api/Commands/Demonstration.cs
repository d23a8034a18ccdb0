using System.Net;
using System.Text.Json.Nodes;

namespace Campaigns.Api.Commands;

/// <summary>The demonstration campaign: the example of 2019, shipped with the product.</summary>
public static class Demonstration
{
    public const string Slug = "chechnya-2019";

    private static readonly string[] _lists = ["updates", "developments", "events"];

    /// <summary>
    /// The campaign's data as JSON; the property <c>campaign</c> is a request body that creates it.
    /// </summary>
    public static string Json()
    {
        using var stream = typeof(Demonstration).Assembly.GetManifestResourceStream("chechnya-2019.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>
    /// The request body that creates the campaign, with dates changed so that it can be signed now.
    /// </summary>
    public static JsonObject Body(DateTimeOffset now)
    {
        var body = (JsonObject)JsonNode.Parse(Json())!["campaign"]!.DeepClone();
        body["opensAt"] = Instant.Text(now.AddDays(-1));
        body["closesAt"] = Instant.Text(now.AddDays(120));
        body["handOverOn"] = Instant.Text(Instant.Day(now.AddDays(120)));
        return body;
    }

    /// <summary>
    /// The timeline as request bodies, in the order of their days, each with its list:
    /// <c>updates</c>, <c>developments</c> or <c>events</c>.
    /// </summary>
    public static IReadOnlyList<(string List, JsonObject Entry)> Timeline()
    {
        var json = JsonNode.Parse(Json())!;
        return
        [
            .. _lists
                .SelectMany(list => json[list]!.AsArray().Select(entry => (list, (JsonObject)entry!.DeepClone())))
                .OrderBy(pair => (string?)pair.Item2["on"], StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// Creates the campaign with its timeline through the staff API, unless it exists, and opens
    /// it.
    /// </summary>
    internal static async Task EnsureAsync(HttpClient staff)
    {
        var created = await staff.PostAsJsonAsync("/api/staff/campaigns", Body(TimeProvider.System.UtcNow()));
        if (created.StatusCode is not (HttpStatusCode.Created or HttpStatusCode.Conflict))
            created.EnsureSuccessStatusCode();
        if (created.StatusCode == HttpStatusCode.Created)
            foreach (var (list, entry) in Timeline())
                await WriteAsync(staff, list, entry);
        (
            await staff.PostAsync(new Uri($"/api/staff/campaigns/{Slug}/open", UriKind.Relative), null)
        ).EnsureSuccessStatusCode();
    }

    private static async Task WriteAsync(HttpClient staff, string list, JsonObject entry)
    {
        var written = await staff.PostAsJsonAsync($"/api/staff/campaigns/{Slug}/{list}", entry);
        written.EnsureSuccessStatusCode();
        // Developments and events are public at once.
        if (list == "updates")
            (
                await staff.PostAsync(new Uri($"{written.Headers.Location}/publish", UriKind.Relative), null)
            ).EnsureSuccessStatusCode();
    }
}
