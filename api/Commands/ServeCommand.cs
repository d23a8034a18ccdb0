using Campaigns.Db;

namespace Campaigns.Api.Commands;

internal static class ServeCommand
{
    public static async Task<int> RunAsync(string[] settings, bool withoutJournal, CancellationToken stopping)
    {
        await using var app = CampaignApp.Build(withoutJournal ? [.. settings, WithoutJournal.Option] : settings);
        if (app.Environment.IsDevelopment())
        {
            var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Campaigns.Api");
            app.Lifetime.ApplicationStarted.Register(() => Welcome(log, app.Urls.First()));
        }
        await app.RunAsync(stopping);
        return 0;
    }

    // The first steps for a new developer. In Development only, because other logs are for operators.
    private static void Welcome(ILogger log, string url) =>
        log.LogInformation(
            """
            Campaign is ready.
              Pages             {Url}/
              Letters           {Url}/dev/mail
              The API           {Url}/docs
              A staff token     dotnet run --project api -- staff add YOU --role administrator
              The whole story   dotnet run --project api -- demo --signatures 2000   (stop this server first)
            """,
            url,
            url,
            url
        );
}
