using Campaigns.Db;
using Campaigns.Worker;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Commands;

/// <summary>
/// The settings and services of this installation for a command. They are the server's, without the
/// server itself.
/// </summary>
internal sealed class CommandHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private CommandHost(ServiceProvider services) => _services = services;

    /// <summary>
    /// Opens the existing database; a server may be running. Without a database it throws, because
    /// the settings then most likely name the wrong folder, and the command must not create an
    /// empty installation there.
    /// </summary>
    /// <param name="settings">The settings of the command line.</param>
    /// <param name="exclusive">On the embedded database: refuses while a server runs, and prevents
    /// the start of one. On PostgreSQL the command itself locks out other writers.</param>
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
                $"There is no database at {file}. "
                    + "Give the command the server's settings, for instance --Data:Directory=…"
            );
        installation.Get<Database>();
        return installation;
    }

    /// <summary>
    /// Opens the database or creates it; a server may be running.
    /// </summary>
    public static CommandHost Open(string[] settings)
    {
        var installation = Configure(settings, serving: false);
        installation.Get<Database>();
        return installation;
    }

    /// <summary>Reads settings only; the database opens at its first use.</summary>
    public static CommandHost Configure(string[] settings, bool serving)
    {
        var root = InstallationRoot.Find();
        var configuration = ReadSettings(root, settings);
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton(TimeProvider.System);
        services.AddLogging(logging =>
            logging
                .SetMinimumLevel(LogLevel.Warning)
                .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
        );
        services.AddSingleton(PublicAddress.From(configuration));
        services.AddCampaignDatabase(configuration, root, serving);
        return new CommandHost(services.BuildServiceProvider());
    }

    /// <summary>
    /// The file of settings, the environment, and the command line, which counts most.
    /// </summary>
    public static IConfiguration ReadSettings(InstallationRoot root, string[] settings) =>
        new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(root.Path, "appsettings.json"), optional: false)
            .AddEnvironmentVariables()
            .AddCommandLine(settings)
            .Build();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
