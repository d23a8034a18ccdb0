using System.Net;
using System.Text.Json.Nodes;

namespace Campaigns.Api.Commands;

/// <summary>The demonstration campaign: the example of 2019, shipped with the product.</summary>
public static class Demonstration
{
    public const string Slug = "chechnya-2019";

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
    /// Creates and opens the campaign through the staff API, unless it exists.
    /// </summary>
    internal static async Task EnsureAsync(HttpClient staff)
    {
        var created = await staff.PostAsJsonAsync("/api/staff/campaigns", Body(TimeProvider.System.UtcNow()));
        if (created.StatusCode is not (HttpStatusCode.Created or HttpStatusCode.Conflict))
            created.EnsureSuccessStatusCode();
        (
            await staff.PostAsync(new Uri($"/api/staff/campaigns/{Slug}/open", UriKind.Relative), null)
        ).EnsureSuccessStatusCode();
    }
}
