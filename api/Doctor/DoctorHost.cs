using Campaigns.Api.Commands;
using Campaigns.Api.Doctor.Settings;
using Campaigns.Db;
using Campaigns.Db.Inspection;
using Campaigns.Worker;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Doctor;

/// <summary>
/// The settings and services of this installation for a command that looks at it: nothing is
/// opened before a check asks for it, and the database for reading only.
/// </summary>
internal sealed class DoctorHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private DoctorHost(ServiceProvider services) => _services = services;

    public static DoctorHost Create(string[] settings)
    {
        var root = InstallationRoot.Find();
        var faults = new SettingsFaults();
        var configuration = CommandHost.ReadSettings(root, settings);
        try
        {
            PublicAddress.From(configuration);
        }
        catch (StartRefusedException refused)
        {
            faults.Found.Add(refused.Message);
            // The other checks run as if it were not set.
            configuration = CommandHost.ReadSettings(root, [.. settings, "--PublicUrl="]);
        }
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton<IHostEnvironment>(new CommandEnvironment(root.Path));
        services.AddSingleton(TimeProvider.System);
        services.AddLogging();
        services.AddCampaignDatabase(configuration, root, serving: false);
        services.AddWorkerJobs(configuration).AddJobSettings(configuration);
        services.AddDoctor(configuration, provider =>
            InspectedDatabase.Open(
                provider.GetRequiredService<IOptions<DatabaseOptions>>().Value,
                root.Resolve(provider.GetRequiredService<IOptions<DataOptions>>().Value.Directory)
            )
        );
        services.AddSingleton(faults);
        return new DoctorHost(services.BuildServiceProvider());
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private sealed class CommandEnvironment(string root) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } =
            Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT")
            ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT")
            ?? Environments.Production;

        public string ApplicationName { get; set; } = "Campaign";

        public string ContentRootPath { get; set; } = root;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
