using Campaigns.Api;
using Campaigns.Bench.References;

namespace Campaigns.Bench.Server;

/// <summary>
/// The product's own server with the reference routes beside it: both share process, middleware,
/// settings and runtime, so that their ratio says what storing costs and nothing else.
/// </summary>
internal static class BenchServer
{
    /// <summary>The first argument that makes this program a server.</summary>
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
