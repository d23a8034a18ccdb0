using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Keys;
using Campaigns.Db.Operations.KeyRotation;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Keys;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Campaigns.Tests.Stores.Keys;

/// <summary>
/// A command that runs beside a server on the same folder: its own keys, connections and writer.
/// </summary>
internal sealed class SecondProcess : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public SecondProcess(string folder, StillClock clock)
    {
        // Ids require that no process starts within the millisecond in which another ended.
        clock.Advance(TimeSpan.FromMilliseconds(1));
        var data = Path.Combine(folder, "data");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["Data:Directory"] = data,
                    ["Keys:Directory"] = Path.Combine(folder, "keys"),
                }
            )
            .AddInMemoryCollection(DatabaseUnderTest.Settings(data))
            .Build();
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(clock)
            .AddLogging()
            .AddCampaignDatabase(configuration, new InstallationRoot(folder), serving: false)
            .BuildServiceProvider();
    }

    public Database Database => _services.GetRequiredService<Database>();

    /// <summary>Creates the next version; fails when that is refused.</summary>
    public static async Task<int> RotateAsync(string folder, StillClock clock, string kind)
    {
        var change = await TryRotateAsync(folder, clock, kind);
        Assert.Null(change.Refused);
        return change.Version;
    }

    public static async Task<KeyChange> TryRotateAsync(string folder, StillClock clock, string kind)
    {
        await using var second = new SecondProcess(folder, clock);
        return await second._services.GetRequiredService<KeyStore>().RotateAsync(kind, Actor.Operator);
    }

    /// <summary>Returns the reason for a refusal; null when the key was retired.</summary>
    public static async Task<string?> TryRetireAsync(string folder, StillClock clock, string kind, int version)
    {
        await using var second = new SecondProcess(folder, clock);
        return (
            await second._services.GetRequiredService<KeyStore>().RetireAsync(kind, version, Actor.Operator)
        ).Refused;
    }

    public static async Task<IReadOnlyList<KeyVersion>> ListAsync(string folder, StillClock clock)
    {
        await using var second = new SecondProcess(folder, clock);
        return second._services.GetRequiredService<KeyStore>().List();
    }

    /// <summary>Runs the scheduled job.</summary>
    public static Task ReencryptAsync(KeyRing keys, CampaignStore campaigns, ReencryptionStore rows, RecordedLog log)
    {
        using var logs = LoggerFactory.Create(logging => logging.AddProvider(log));
        return new ReencryptJob(keys, campaigns, rows, logs.CreateLogger<ReencryptJob>()).RunAsync(default);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
