using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Pages.Console;

/// <summary>The screens about packets over HTTP: statuses, roles and what they show.</summary>
[Collection(PageCollection.Name)]
public sealed class PacketScreenTests(PageServer pages)
{
    private CampaignServer Server => pages.Server;

    [Fact]
    public async Task Packet_is_previewed_ordered_downloaded_and_looked_into()
    {
        var slug = await Server.OpenCampaignAsync("packet-screens");
        var screens = $"/staff/c/{slug}/packets";
        await SignAsync(slug, "first", "GB", "name");
        await SignAsync(slug, "second", "GB", "count");
        await SealedAsync(Server, slug, 2);
        using var campaigner = await FormClient.SignInAsync(Server.Url, Role.Campaigner);
        Assert.Contains("There is no packet yet.", await campaigner.PageAsync(screens));
        Assert.Contains("embassy-london", await campaigner.PageAsync(screens + "/new"));

        var preview = await campaigner.PageAsync(
            screens + "/preview?recipient=embassy-london&disclosure=name&locale=nl"
        );
        Assert.Contains("This recipient may see at most initials", preview);
        Assert.Contains("Ask for the packet of 2 signatures", preview);
        Assert.Contains("The signers chose less.", preview);
        Assert.Contains("The recipient may see less.", preview);
        var ordered = await CampaignServer.Expect(303, await campaigner.SubmitAsync(preview, screens));
        var address = ordered.Headers.Location!.ToString();
        var id = address.Split('/')[^1];
        await PacketOrders.ApproveAsync(Server, id);
        await PacketOrders.ReadyAsync(pages.Staff, id);

        var page = await campaigner.PageAsync(address);
        Assert.Contains("signatures-GB-", page);
        Assert.Contains("No download yet.", page);
        var file = await CampaignServer.Expect(200, await campaigner.GetAsync($"/api/staff/packets/{id}/file"));
        Assert.Equal("application/zip", file.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Demonstration campaigner", await campaigner.PageAsync(address));
        var downloads = (await pages.Staff.GetFromJsonAsync<JsonObject>($"/api/staff/packets/{id}/downloads"))![
            "items"
        ]!.AsArray();
        Assert.Equal("Demonstration campaigner", (string?)Assert.Single(downloads)!["staff"]);
        Assert.Contains("ready", await campaigner.PageAsync(screens));

        var line = await campaigner.PageAsync(address + "/line?country=GB&volume=1&line=1");
        Assert.Contains("This look is written to the audit trail", line);
        var refused = await campaigner.PageAsync(address + "/line?country=GB&volume=1&line=2", 400);
        Assert.Contains("The packet has no line of this number.", refused);
        Assert.Equal(
            1,
            Server.Query<long>(
                "SELECT count(*) FROM audit WHERE action = 'packet.line-look' AND subject = @id",
                new { id }
            )
        );
        var rebuilt = await CampaignServer.Expect(
            303,
            await campaigner.SubmitAsync(await campaigner.PageAsync(address), address + "/rebuild")
        );
        Assert.Equal(address, rebuilt.Headers.Location!.ToString());
        await PacketOrders.ReadyAsync(pages.Staff, id);
    }

    [Fact]
    public async Task Stale_packet_says_what_changed_and_is_built_again()
    {
        var slug = await Server.OpenCampaignAsync("stale-screens");
        var leaves = await SignAsync(slug, "leaver", "GB", "initials");
        await SignAsync(slug, "stays", "GB", "initials");
        await SealedAsync(Server, slug, 2);
        var id = await PacketOrders.OrderAsync(pages.Staff, slug, recipient: "embassy-london", disclosure: "initials");
        await PacketOrders.ApproveAsync(Server, id);
        await PacketOrders.ReadyAsync(pages.Staff, id);
        using (var signer = Server.WithBearer(leaves))
            await CampaignServer.Expect(204, await signer.PostAsync("/api/my/signature/withdraw", null));

        var stale = (await pages.Staff.GetFromJsonAsync<JsonObject>($"/api/staff/packets/{id}"))!["stale"]!;
        Assert.Equal((2, 1), ((int)stale["then"]!["initials"]!, (int)stale["now"]!["initials"]!));
        Assert.Equal((0, 1), ((int)stale["then"]!["removedSince"]!, (int)stale["now"]!["removedSince"]!));
        Assert.Equal(
            (1, 0, 0, false),
            (
                (int)stale["withdrawn"]!,
                (int)stale["lowered"]!,
                (int)stale["invalidated"]!,
                (bool)stale["recipientChanged"]!
            )
        );
        Assert.NotNull((string?)stale["since"]);
        using var organiser = await FormClient.SignInAsync(Server.Url, Role.Organiser, "GB");
        var address = $"/staff/c/{slug}/packets/{id}";
        var page = await organiser.PageAsync(address);
        Assert.Contains("1 signer withdrew or erased the signature", page);
        Assert.Contains("The packet shows more than may be shown now", page);
        await CampaignServer.Expect(303, await organiser.SubmitAsync(page, address + "/rebuild"));
        await PacketOrders.ReadyAsync(pages.Staff, id);
        Assert.DoesNotContain("shows more than may be shown", await organiser.PageAsync(address));
    }

    [Fact]
    public async Task Organiser_sees_recipients_and_packets_of_own_countries_only()
    {
        var slug = await Server.OpenCampaignAsync("organiser-screens");
        var other = await PacketOrders.OrderAsync(pages.Staff, slug, recipient: "embassy-hague");
        await PacketOrders.ReadyAsync(pages.Staff, other);
        using var organiser = await FormClient.SignInAsync(Server.Url, Role.Organiser, "GB");
        var screens = $"/staff/c/{slug}/packets";
        foreach (var path in (string[])[screens, screens + "/new"])
            Assert.DoesNotContain("Netherlands", await organiser.PageAsync(path));
        await organiser.PageAsync($"{screens}/{other}", 404);
        await organiser.PageAsync($"{screens}/{other}/line?country=NL&volume=1&line=1", 404);
        var refused = await organiser.PageAsync($"{screens}/preview?recipient=embassy-hague", 400);
        Assert.DoesNotContain("Netherlands", refused);
        await CampaignServer.Expect(404, await organiser.GetAsync($"/api/staff/packets/{other}/downloads"));
    }

    [Fact]
    public async Task Auditor_reads_packets_without_their_files()
    {
        var slug = await Server.OpenCampaignAsync("auditor-screens");
        var id = await PacketOrders.OrderAsync(pages.Staff, slug);
        await PacketOrders.ReadyAsync(pages.Staff, id);
        using var auditor = await FormClient.SignInAsync(Server.Url, Role.Auditor);
        var screens = $"/staff/c/{slug}/packets";
        Assert.DoesNotContain("/packets/new", await auditor.PageAsync(screens));
        var page = await auditor.PageAsync($"{screens}/{id}");
        Assert.Contains("SHA-256", page);
        Assert.DoesNotContain($"/api/staff/packets/{id}/file", page);
        Assert.DoesNotContain("/rebuild", page);
        string[] others = ["/new", "/preview?recipient=president", $"/{id}/line?country=GB&volume=1&line=1"];
        foreach (var path in others)
            await auditor.PageAsync(screens + path, 404);
        await CampaignServer.Expect(404, await auditor.GetAsync($"/api/staff/packets/{id}/file"));
    }

    [Fact]
    public async Task Form_of_an_order_comes_back_with_what_is_wrong()
    {
        using var campaigner = await FormClient.SignInAsync(Server.Url, Role.Campaigner);
        var screens = $"/staff/c/{pages.Slug}/packets";
        var page = await campaigner.PageAsync(screens + "/preview?disclosure=name&countries=NL", 400);
        Assert.Contains("Choose a recipient.", page);
        Assert.Matches("id=\"country-NL\"[^>]*checked", page);
        Assert.Contains(
            "Choose countries of the recipient",
            await campaigner.PageAsync(screens + "/preview?recipient=embassy-london&countries=NL", 400)
        );
        Assert.Contains(
            "has no table",
            await campaigner.PageAsync(screens + "/preview?recipient=embassy-london&csv=yes", 400)
        );
        // Without the token of a page of the console nothing is ordered.
        await CampaignServer.Expect(
            400,
            await campaigner.PostAsync(screens, FormClient.Field("recipient", "embassy-london"))
        );
    }

    [Fact]
    public async Task Page_of_a_packet_reloads_itself_only_while_it_is_built()
    {
        var slug = await Server.OpenCampaignAsync("progress-screens");
        var id = await PacketOrders.OrderAsync(pages.Staff, slug);
        await PacketOrders.ReadyAsync(pages.Staff, id);
        using var campaigner = await FormClient.SignInAsync(Server.Url, Role.Campaigner);
        var address = $"/staff/c/{slug}/packets/{id}";
        Assert.False((await campaigner.GetAsync(address)).Headers.Contains("Refresh"));
        // As while another worker builds it: no worker of this server claims a leased packet.
        await Server.WriteAsync(
            """
            UPDATE packets SET status = 'building', done = 20, total = 50, lease_owner = 'other',
                lease_until = @until WHERE id = @id
            """,
            new { id = Number(id), until = long.MaxValue }
        );
        var building = await campaigner.GetAsync(address);
        Assert.Equal(["3"], building.Headers.GetValues("Refresh"));
        Assert.Contains("20 of 50 lines", await building.Content.ReadAsStringAsync());
        Assert.False((await campaigner.GetAsync(address + "?still=true")).Headers.Contains("Refresh"));
    }

    internal static long Number(string id) => long.Parse(id, CultureInfo.InvariantCulture);

    internal static Task SealedAsync(CampaignServer server, string slug, int size) =>
        CampaignServer.UntilAsync(
            async () => (int)(await server.GetJsonAsync($"/api/campaigns/{slug}/ledger/head"))["size"]! == size,
            "the ledger does not have all signatures"
        );

    private Task<string> SignAsync(string slug, string name, string country, string disclosure) =>
        Server.SignAndConfirmAsync(
            slug,
            CampaignServer.Signature($"{name}@{slug}.example.org", country: country, disclosure: disclosure)
        );
}
