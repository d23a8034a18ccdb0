using System.Globalization;
using Campaigns.Sendings;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Stores.Sendings;
using Dapper;
using Xunit.Abstractions;

namespace Campaigns.Tests.Faults.Kills;

/// <summary>A server that is killed again and again while it sends an update over SMTP.</summary>
public sealed class KilledSendingTests(ITestOutputHelper output)
{
    private const int People = 400;
    private const int Kills = 8;

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Killed_sender_leaves_no_person_out_and_repeats_only_what_was_leaving()
    {
        var seed = TestSeed.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var fixture = await SendingFixture.OpenAsync(People);
        var mail = fixture.Letters.Server;
        // The server takes no more from a letter on, so that a kill meets letters of several connections.
        var last = int.MaxValue;
        using var killed = new ManualResetEventSlim();
        mail.AfterDot = number =>
        {
            if (number >= Volatile.Read(ref last))
                killed.Wait(TimeSpan.FromMinutes(2));
            return "250 2.0.0 taken";
        };
        await fixture.BeginAsync();
        await fixture.Campaign.RestartAsync(_ => { }, serving: false);

        var leaving = new HashSet<long>();
        for (var kill = 1; kill <= Kills; kill++)
        {
            killed.Reset();
            var enough = mail.Letters.Count + random.Next(1, People / (2 * Kills));
            Volatile.Write(ref last, enough);
            await using var server = await ServeAsync(fixture);
            await CampaignServer.UntilAsync(
                () => mail.Letters.Count >= enough,
                () => $"{mail.Letters.Count} letters leave, not {enough} (kill {kill}, seed {seed})",
                60
            );
            await server.KillAsync();
            killed.Set();
            leaving.UnionWith(EndLeases(fixture));
        }
        Volatile.Write(ref last, int.MaxValue);
        await using (var server = await ServeAsync(fixture))
            await CampaignServer.UntilAsync(
                () => Read<string>(fixture, "SELECT state FROM sendings").Single() == SendingState.Sent,
                $"the sending does not end (seed {seed})"
            );

        Assert.Equal(People, fixture.Mailed.Count);
        var repeated = fixture.Mailed.Where(letters => letters.Value > 1).Select(letters => letters.Key).ToList();
        Assert.All(repeated, address => Assert.Contains(fixture.Campaign.FindSubscriber(address)!.Id, leaving));
        // Every copy has the Message-ID of the first, so that mailboxes can drop it. A kill cuts letters off.
        var whole = mail.Letters.Where(letter => letter.EndsWith("--\n", StringComparison.Ordinal));
        Assert.Equal(People, whole.Select(MessageId).Distinct(StringComparer.Ordinal).Count());
        output.WriteLine($"{repeated.Count} of {People} letters left again");
    }

    private static Task<CampaignProcess> ServeAsync(SendingFixture fixture) =>
        CampaignProcess.ServeAsync(
            fixture.Campaign.Data,
            $"--Keys:Directory={Path.Combine(fixture.Campaign.Folder, "keys")}",
            "--Mail:Transport=smtp",
            "--Mail:Host=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"--Mail:Port={fixture.Letters.Server.Port}"),
            "--Mail:Security=none",
            "--Mail:From=Campaign <petitions@example.org>"
        );

    // Returns the subscribers whose letters were leaving, and ends the leases of the dead process.
    private static IReadOnlyList<long> EndLeases(SendingFixture fixture)
    {
        using var database = DatabaseUnderTest.Open(fixture.Campaign.Data);
        var leaving = database
            .Query<long>("SELECT subscriber_id FROM update_letters WHERE state = 'queued' AND lease_until IS NOT NULL")
            .ToList();
        database.Execute("UPDATE update_letters SET lease_until = lease_until - 120000 WHERE lease_until IS NOT NULL");
        return leaving;
    }

    private static List<T> Read<T>(SendingFixture fixture, string sql)
    {
        using var database = DatabaseUnderTest.Open(fixture.Campaign.Data);
        return [.. database.Query<T>(sql)];
    }

    private static string MessageId(string letter) =>
        letter.Split('\n').Single(line => line.StartsWith("Message-ID: ", StringComparison.Ordinal));
}
