using Campaigns.Api.Http;
using Campaigns.Db;

namespace Campaigns.Api.Commands;

/// <summary>
/// Prints the OpenAPI document as a server serves it. The server starts on an empty folder of its
/// own, so that no installation is needed or changed.
/// </summary>
internal static class OpenApiCommand
{
    public static async Task<int> RunAsync(TextWriter output)
    {
        var folder = Directory.CreateTempSubdirectory("campaign-openapi-");
        try
        {
            await using var app = CampaignApp.Build([
                "--urls=http://127.0.0.1:0",
                $"--Data:Directory={folder.FullName}",
                $"--Keys:Directory={Path.Combine(folder.FullName, "keys")}",
                "--Database:Provider=sqlite",
                $"--Database:ConnectionString=Data Source={Path.Combine(folder.FullName, Database.FileName)}",
                "--Worker:InProcess=true",
                "--Jobs:Storage=memory",
                "--Mail:Transport=folder",
                "--Logging:LogLevel:Default=Warning",
                "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Warning",
            ]);
            await app.StartAsync();
            using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
            await output.WriteAsync(await http.GetStringAsync(ApiDocument.Path));
            await app.StopAsync();
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
