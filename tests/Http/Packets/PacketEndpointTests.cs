using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Packets;

public class PacketEndpointTests
{
    [Fact]
    public async Task Withdrawal_over_HTTP_invalidates_a_packet_built_over_HTTP()
    {
        await using var server = await CampaignServer.StartAsync();
        var slug = await server.OpenCampaignAsync(change: body =>
            body["recipients"] = new JsonArray(
                new JsonObject
                {
                    ["key"] = "embassy",
                    ["name"] = "Embassy",
                    ["address"] = "London",
                    ["countries"] = null,
                    ["risk"] = "low",
                    ["maxDisclosure"] = "name",
                }
            )
        );
        var natalya = CampaignServer.Signature("a@example.org", "Наталья Иванова", "GB");
        await server.SignAndConfirmAsync(slug, natalya);
        await server.SignAndConfirmAsync(
            slug,
            CampaignServer.Signature("b@example.org", "Hidden Signer", "GB", "count")
        );
        var manage = await server.SignAndConfirmAsync(
            slug,
            CampaignServer.Signature("c@example.org", "Leaves Soon", "NL")
        );
        await CampaignServer.UntilAsync(
            async () => (await server.GetJsonAsync($"/api/campaigns/{slug}/ledger/head"))["size"]!.GetValue<int>() == 3,
            "three lines"
        );

        using var staff = await server.StaffAsync(Role.Campaigner);
        var answer = await CampaignServer.Expect(
            202,
            await staff.PostAsJsonAsync(
                $"/api/staff/campaigns/{slug}/packets",
                new
                {
                    recipient = "embassy",
                    disclosure = "name",
                    locale = "en",
                }
            )
        );
        var address = answer.Headers.Location!.ToString();
        var packet = await ReadyAsync(staff, address);
        Assert.Equal(3, packet["signatures"]!.GetValue<int>());
        Assert.Equal(2, packet["progress"]!["total"]!.GetValue<int>());

        var zip = await staff.GetByteArrayAsync($"{address}/file");
        using (
            var request = new HttpRequestMessage(HttpMethod.Get, $"{address}/file")
            {
                Headers = { Range = new RangeHeaderValue(100, 199) },
            }
        )
        {
            using var part = await CampaignServer.Expect(206, await staff.SendAsync(request));
            Assert.Equal(zip[100..200], await part.Content.ReadAsByteArrayAsync());
        }
        var text = Volumes(zip);
        Assert.Contains("Наталья Иванова", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Hidden", text, StringComparison.Ordinal);

        using var signer = server.WithBearer(manage);
        await CampaignServer.Expect(204, await signer.PostAsync("/api/my/signature/withdraw", null));
        await CampaignServer.Expect(410, await staff.GetAsync($"{address}/file"));
        await CampaignServer.Expect(202, await staff.PostAsync($"{address}/rebuild", null));
        await ReadyAsync(staff, address);
        Assert.DoesNotContain(
            "Leaves Soon",
            Volumes(await staff.GetByteArrayAsync($"{address}/file")),
            StringComparison.Ordinal
        );
    }

    private static async Task<JsonObject> ReadyAsync(HttpClient staff, string address)
    {
        JsonObject? packet = null;
        await CampaignServer.UntilAsync(
            async () =>
            {
                packet = await staff.GetFromJsonAsync<JsonObject>(address);
                return packet!["status"]!.GetValue<string>() == "ready";
            },
            "the packet is not ready"
        );
        return packet!;
    }

    private static string Volumes(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        return string.Concat(
            archive
                .Entries.Where(entry => entry.Name.StartsWith("signatures-", StringComparison.Ordinal))
                .Select(entry =>
                {
                    using var content = entry.Open();
                    using var bytes = new MemoryStream();
                    content.CopyTo(bytes);
                    return Pdf.Text(bytes.ToArray());
                })
        );
    }
}
