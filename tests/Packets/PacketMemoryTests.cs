using System.Globalization;
using Xunit.Abstractions;

namespace Campaigns.Tests.Packets;

[Trait("Speed", "slow")]
public class PacketMemoryTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Two_hundred_thousand_signatures_take_hardly_more_memory_than_twenty_thousand()
    {
        if (!OperatingSystem.IsLinux()) return;
        // The first build warms up fonts, code and pools, which would count for the small one only.
        await PeakAsync(2_000);
        var small = await PeakAsync(20_000);
        var large = await PeakAsync(200_000);
        output.WriteLine($"{small} kB, {large} kB");
        Assert.True(large <= 1.25 * small, $"{large} kB against {small} kB");
    }

    private async Task<long> PeakAsync(int signatures)
    {
        await using var world = await new PacketWorld().StartAsync();
        await world.FillAsync(signatures);
        // A new process, as far as a test can: what filling the rows took is given back.
        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.RestartAsync();
        var id = await world.RequestAsync(csv: true);
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        // Sets the high-water mark back to what is resident now.
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5");
        await world.RunAsync();
        output.WriteLine(world.Log.Lines.Last().Text);
        var status = await File.ReadAllLinesAsync("/proc/self/status");
        Assert.Equal(signatures, world.Packets.Find(id)!.Manifest!.Counts["GB"].Name);
        var peak = status.Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return long.Parse(peak, CultureInfo.InvariantCulture);
    }
}
