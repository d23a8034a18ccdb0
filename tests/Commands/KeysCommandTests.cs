using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Commands;

/// <summary>
/// The command as an operator runs it, in a separate process, while people sign on a server.
/// </summary>
public sealed class KeysCommandTests
{
    [Fact]
    [Trait("Speed", "slow")]
    public async Task All_kinds_of_keys_are_rotated_under_load_and_the_old_root_key_is_retired()
    {
        var folder = Directory.CreateTempSubdirectory("rotated-").FullName;
        try
        {
            string manage,
                slug;
            await using (var server = await CampaignServer.StartAsync(folder))
            {
                slug = await server.OpenCampaignAsync();
                manage = await server.SignAndConfirmAsync(slug, CampaignServer.Signature("kari@example.org"));
                await server.SignAsync(slug, CampaignServer.Signature("pending@example.org"));
                var waiting = (await server.Mail.WaitForAsync("pending@example.org", "/confirm/")).Token("/confirm/");
                using var mine = server.WithBearer(manage);
                await CampaignServer.UntilAsync(
                    async () => (await mine.GetAsync("/api/my/signature/receipt")).IsSuccessStatusCode,
                    "no receipt"
                );
                var receipt = await mine.GetStringAsync("/api/my/signature/receipt");

                using var enough = new CancellationTokenSource();
                var signing = SignOnAsync(server, slug, enough.Token);
                foreach (var kind in (string[])["root", "index", "token", "signing"])
                    Assert.StartsWith(
                        $"{kind}-2.key ",
                        await RunAsync(folder, 0, "keys", "rotate", kind),
                        StringComparison.Ordinal
                    );
                await CampaignServer.UntilAsync(
                    async () =>
                        (await RunAsync(folder, 0, "keys", "list")).Contains("\told\t0 rows", StringComparison.Ordinal),
                    "rows are still encrypted under root-1"
                );
                await enough.CancelAsync();
                Assert.True(await signing > 0, "No signature was written during the rotation.");

                Assert.Equal(receipt, await mine.GetStringAsync("/api/my/signature/receipt"));
                await HoldsAsync(server, manage);
                await server.ConfirmAsync(waiting);
                await server.SignAsync(slug, CampaignServer.Signature("KARI@example.org"));
                Assert.Contains(
                    "kari@example.org",
                    (await server.Mail.WaitForAsync("kari@example.org", "/my/", atLeast: 2)).To,
                    StringComparison.OrdinalIgnoreCase
                );
                Assert.Equal(2, (await server.GetJsonAsync("/api/keys"))["keys"]!.AsArray().Count);
                await CampaignServer.UntilAsync(
                    async () => await ExitAsync(folder, "keys", "retire", "root", "1") == 0,
                    "root-1 is not retired"
                );
            }
            File.Delete(Path.Combine(folder, "keys", "root-1.key"));
            await using var again = await CampaignServer.StartAsync(folder);
            await HoldsAsync(again, manage);
            await RunAsync(folder, 2, "keys", "rotate", "sealing");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task HoldsAsync(CampaignServer server, string manage)
    {
        using var mine = server.WithBearer(manage);
        Assert.Equal("Kari Nordmann", (string)(await mine.GetFromJsonAsync<JsonObject>("/api/my/signature"))!["name"]!);
    }

    private static async Task<int> SignOnAsync(CampaignServer server, string slug, CancellationToken enough)
    {
        var signed = 0;
        for (; !enough.IsCancellationRequested; signed++)
            await server.SignAsync(slug, CampaignServer.Signature($"during{signed}@example.org"));
        return signed;
    }

    private static async Task<int> ExitAsync(string folder, params string[] command) =>
        (await CampaignProcess.RunAsync([.. command, .. CampaignProcess.On(folder)])).Code;

    /// <summary>Returns its output, which never contains a key.</summary>
    private static async Task<string> RunAsync(string folder, int code, params string[] command)
    {
        var (exit, said, errors) = await CampaignProcess.RunAsync([.. command, .. CampaignProcess.On(folder)]);
        var output = said + errors;
        Assert.True(exit == code, output);
        foreach (var key in Directory.GetFiles(Path.Combine(folder, "keys"), "*.key").Select(File.ReadAllBytes))
        {
            Assert.DoesNotContain(Convert.ToHexString(key), output, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Convert.ToBase64String(key), output, StringComparison.Ordinal);
        }
        return output;
    }
}
