using Campaigns.Api;
using Campaigns.Bench.References;

namespace Campaigns.Bench.Server;

/// <summary>
/// The product's server with the reference routes. Both share process, middleware, settings and
/// runtime, so that their ratio shows only the cost of storing.
/// </summary>
internal static class BenchServer
{
    /// <summary>The first argument of this program for the server.</summary>
    public const string Mode = "server";

    public static async Task<int> RunAsync(string[] settings)
    {
        OwnProcess.EndWithStarter();
        await using var app = CampaignApp.Build(settings, builder => builder.Services.AddReferences());
        app.MapReferences();
        await app.RunAsync();
        return 0;
    }
}
