using System.Globalization;
using Campaigns.Db;
using Campaigns.Db.Files;
using Campaigns.Db.Keys;
using Campaigns.Worker.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker;

/// <summary>
/// The worker as a separate process, for APIs with <c>Worker:InProcess=false</c>; several workers
/// may run. On the embedded database the API hosts the worker, because SQLite allows one
/// long-running process.
/// </summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        PrivateFiles.EveryNewFile();
        try
        {
            using var host = Build(args);
            await host.RunAsync();
            return 0;
        }
        catch (Exception error)
            when (error is StartRefusedException or KeysRefusedException or OptionsValidationException)
        {
            // These messages say what the operator must change. Any other exception is a defect and shows its stack.
            await Console.Error.WriteLineAsync(error.Message);
            return 2;
        }
    }

    private static IHost Build(string[] args)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        var root = InstallationRoot.Find();
        var (settings, withoutJournal) = WithoutJournal.Split(args);
        var builder = Host.CreateApplicationBuilder(
            new HostApplicationBuilderSettings { Args = settings, ContentRootPath = root.Path }
        );
        if (builder.Configuration.GetValue("Database:Provider", DatabaseOptions.Sqlite) == DatabaseOptions.Sqlite)
            throw new StartRefusedException(
                "On the embedded database the worker runs inside the API (Worker:InProcess=true). "
                    + "A separate worker needs Database:Provider=postgres."
            );
        builder.Services.AddSteadyClock();
        builder
            .Services.AddCampaignDatabase(builder.Configuration, root, serving: true, withoutJournal)
            .AddLedgerRecovery();
        builder.Services.AddWorker(builder.Configuration);
        builder.Services.AddTelemetry(builder.Configuration);
        var host = builder.Build();
        host.Services.GetRequiredService<IStartupValidator>().Validate();
        host.Services.OpenDatabase();
        return host;
    }
}
