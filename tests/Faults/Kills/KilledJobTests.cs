using System.Net.Http.Json;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Faults.Kills;

/// <summary>
/// Processes that are killed in the middle of a job. One is about to mark a packet ready whose file
/// is complete. The other is about to mark a letter of a batch as sent.
/// </summary>
public sealed class KilledJobTests : IDisposable
{
    private const int People = 30;
    private const string Memory = "memory",
        Postgres = "postgres";

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-killed-job-").FullName;

    public static TheoryData<string> Storages => DatabaseUnderTest.IsPostgres ? [Memory, Postgres] : [Memory];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Storages))]
    [Trait("Speed", "slow")]
    public async Task Packet_of_a_killed_builder_is_rebuilt_exactly_once(string storage)
    {
        var token = await KillTests.StaffAsync(_folder);
        string id;
        StatementHold hold;
        await using (var first = await ServeAsync(storage))
        {
            await KillTests.OpenAsync(first.Http, token);
            hold = StatementHold.On(
                _folder,
                "packets",
                "UPDATE",
                $"NEW.status = '{PacketStatus.Ready}' AND NEW.attempt = 1"
            );
            id = await PacketOrders.OrderAsync(first.Http, KillTests.Slug, token);
            // The claim is committed, and the build has reached the blocked statement.
            await CampaignServer.UntilAsync(() => Find(id) == (PacketStatus.Building, 1), "the packet is not claimed");
            await hold.ReachedAsync("the packet is not built");
            await first.KillAsync();
        }
        await hold.EndAsync();
        EndLeases();
        await using var second = await ServeAsync(storage);
        await CampaignServer.UntilAsync(() => Find(id).Status == PacketStatus.Ready, "the packet is not built", 200);
        Assert.Equal(2, Find(id).Attempt);
        // After the sweep the packet and the lines of one attempt are left, and no folder. The second build deletes
        // its folder after it marked the packet ready.
        await CampaignServer.UntilAsync(
            () => Directory.GetFileSystemEntries(PacketFolder) is { Length: 2 } left && left.All(File.Exists),
            () => $"files are left: {string.Join(", ", Directory.GetFileSystemEntries(PacketFolder))}",
            150
        );
    }

    [Theory]
    [MemberData(nameof(Storages))]
    [Trait("Speed", "slow")]
    public async Task Letters_of_a_killed_sender_are_sent_again_and_none_is_lost(string storage)
    {
        var token = await KillTests.StaffAsync(_folder);
        StatementHold hold;
        await using (var first = await ServeAsync(storage))
        {
            await KillTests.OpenAsync(first.Http, token);
            hold = StatementHold.On(_folder, "letters", "UPDATE", "NEW.state = 'sent'");
            var signed = SignAsync(first.Http);
            // On SQLite the blocked update blocks the writer. Requests behind it get no answer and are repeated
            // below.
            if (DatabaseUnderTest.IsPostgres)
                await signed;
            await CampaignServer.UntilAsync(() => Count("lease_until IS NOT NULL") > 0, "no letter is claimed");
            await hold.ReachedAsync("no letter is marked");
            await first.KillAsync();
            await signed.ConfigureAwait(
                ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
            );
        }
        await hold.EndAsync();
        EndLeases();
        await using var second = await ServeAsync(storage);
        await SignAsync(second.Http);
        await CampaignServer.UntilAsync(() => Count("state = 'queued'") == 0, "letters are still queued", 200);
        Assert.Equal(0, Count("state NOT IN ('sent', 'cancelled')"));
        Assert.InRange(Count("state = 'sent' AND attempt = 2"), 1, 2 * People);
        var mail = new TestMailbox(Path.Combine(_folder, "mail")).All();
        Assert.Equal(People, mail.Select(letter => letter.To).Distinct(StringComparer.Ordinal).Count());
    }

    private string PacketFolder => Path.Combine(_folder, "packets");

    private Task<CampaignProcess> ServeAsync(string storage) =>
        CampaignProcess.ServeAsync(_folder, "--Limits:Enabled=false", $"--Jobs:Storage={storage}");

    private static Task SignAsync(HttpClient http) =>
        Task.WhenAll(
            Enumerable
                .Range(0, People)
                .Select(async n =>
                {
                    var signature = CampaignServer.Signature($"person{n}@example.org");
                    await CampaignServer.Expect(202, await http.PostAsJsonAsync(KillTests.Signing, signature));
                })
        );

    // Ends the dead process's leases, clock skew allowance included. On SQLite a start ends them.
    private void EndLeases()
    {
        using var database = DatabaseUnderTest.Open(_folder);
        foreach (var table in (string[])["packets", "letters"])
            database.Execute($"UPDATE {table} SET lease_until = lease_until - 120000 WHERE lease_until IS NOT NULL");
    }

    private (string Status, long Attempt) Find(string id)
    {
        using var database = DatabaseUnderTest.Open(_folder);
        return database.QuerySingle<(string, long)>(
            "SELECT status, attempt FROM packets WHERE id = @id",
            new { id = long.Parse(id, System.Globalization.CultureInfo.InvariantCulture) }
        );
    }

    private long Count(string where)
    {
        using var database = DatabaseUnderTest.Open(_folder);
        return database.QuerySingle<long>($"SELECT count(*) FROM letters WHERE {where}");
    }
}
