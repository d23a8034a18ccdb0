using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Xunit.Abstractions;

namespace Campaigns.Tests.Stores.Packets;

/// <summary>
/// Measures the real server in a separate process, so that the memory of other tests does not
/// count.
/// </summary>
[Trait("Speed", "slow")]
public class PacketMemoryTests(ITestOutputHelper output)
{
    [LinuxFact]
    public async Task Packet_of_200000_signatures_needs_hardly_more_memory_than_50000()
    {
        // A smaller packet ends before the garbage collector has used its share of the memory.
        var small = await PeakAsync(50_000);
        var large = await PeakAsync(200_000);
        output.WriteLine($"{small} kB, {large} kB");
        Assert.True(large <= 1.25 * small, $"{large} kB against {small} kB");
    }

    /// <summary>The peak resident memory of the server, in kB, after building one packet.</summary>
    private static async Task<long> PeakAsync(int signatures)
    {
        await using var fixture = await new PacketFixture().StartAsync();
        await fixture.FillAsync(signatures);
        var id = await fixture.RequestAsync(csv: true);
        var token = await fixture.Get<StaffStore>().AddAsync("Test", Role.Administrator, [], Actor.Operator);
        await using var server = await fixture.ServeAsync();
        server.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

        JsonObject packet = [];
        await CampaignServer.UntilAsync(
            async () =>
            {
                packet = (await server.Http.GetFromJsonAsync<JsonObject>($"/api/staff/packets/{id}"))!;
                return (string)packet["status"]! is "ready" or "failed";
            },
            "a packet",
            300
        );
        Assert.Equal(("ready", signatures), ((string)packet["status"]!, (int)packet["signatures"]!));
        var peak = (await File.ReadAllLinesAsync($"/proc/{server.Id}/status")).Single(line =>
            line.StartsWith("VmHWM:", StringComparison.Ordinal)
        );
        return long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
