using Campaigns.Db;

namespace Campaigns.Api.Commands;

/// <summary>The settings and services of this installation for a command: the same as the server's, without a server.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private Installation(ServiceProvider services) => _services = services;

    /// <summary>Opens the database beside a server that may be running.</summary>
    public static Installation Open(string[] settings)
    {
        var installation = Configure(settings, serving: false);
        installation.Get<Database>();
        return installation;
    }

    /// <summary>Settings only: the database opens when first asked for.</summary>
    public static Installation Configure(string[] settings, bool serving)
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
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        services.AddCampaignDatabase(configuration, root, serving);
        return new Installation(services.BuildServiceProvider());
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
