using Campaigns.Db;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Commands;

/// <summary>
/// The settings and services of this installation for a command: the same as the server's, without
/// a server.
/// </summary>
internal sealed class CommandHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private CommandHost(ServiceProvider services) => _services = services;

    /// <summary>
    /// Opens the database that is there, beside a server that may be running. Where there is none
    /// the settings most likely mean another folder, and an empty installation must not be made,
    /// backed up or looked at in its place. <paramref name="exclusive"/>: on the embedded database
    /// refused while a server runs, and none starts meanwhile; on PostgreSQL the command itself
    /// keeps others from writing.
    /// </summary>
    public static CommandHost OpenExisting(string[] settings, bool exclusive = false)
    {
        var installation = Configure(settings, serving: exclusive);
        var root = installation.Get<InstallationRoot>();
        var file = Path.Combine(
            root.Resolve(installation.Get<IOptions<DataOptions>>().Value.Directory),
            Database.FileName
        );
        if (installation.Get<IOptions<DatabaseOptions>>().Value.ConnectionString is null && !File.Exists(file))
            throw new StartRefusedException(
                $"There is no database at {file}. Give the command the server's settings, for instance --Data:Directory=…"
            );
        installation.Get<Database>();
        return installation;
    }

    /// <summary>
    /// Opens the database beside a server that may be running, and makes it where there is none.
    /// </summary>
    public static CommandHost Open(string[] settings)
    {
        var installation = Configure(settings, serving: false);
        installation.Get<Database>();
        return installation;
    }

    /// <summary>Settings only: the database opens when first asked for.</summary>
    public static CommandHost Configure(string[] settings, bool serving)
    {
        var root = InstallationRoot.Find();
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(root.Path, "appsettings.json"), optional: false)
            .AddEnvironmentVariables()
            .AddCommandLine(settings)
            .Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton(TimeProvider.System);
        services.AddLogging(logging =>
            logging
                .SetMinimumLevel(LogLevel.Warning)
                .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
        );
        services.AddCampaignDatabase(configuration, root, serving);
        return new CommandHost(services.BuildServiceProvider());
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
