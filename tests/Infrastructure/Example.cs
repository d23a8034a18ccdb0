using System.Text.Json.Nodes;

namespace Campaigns.Tests.Infrastructure;

/// <summary>The demonstration campaign the product ships: real facts and figures of 2019.</summary>
public static class Example
{
    public static JsonObject Campaign() =>
        (JsonObject)JsonNode.Parse(Campaigns.Api.Commands.Demonstration.Json())!["campaign"]!.DeepClone();
}
