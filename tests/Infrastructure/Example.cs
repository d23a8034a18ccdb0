using System.Text.Json.Nodes;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// The demonstration campaign that the product ships, with real facts and figures of 2019.
/// </summary>
public static class Example
{
    public static JsonObject Campaign() =>
        (JsonObject)JsonNode.Parse(Campaigns.Api.Commands.Demonstration.Json())!["campaign"]!.DeepClone();

    /// <summary>The same campaign under another slug.</summary>
    public static JsonObject Campaign(string slug)
    {
        var body = Campaign();
        body["slug"] = slug;
        return body;
    }
}
