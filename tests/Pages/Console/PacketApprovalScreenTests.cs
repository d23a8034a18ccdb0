using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Pages.Console;

/// <summary>A second member decides about a packet on the screens.</summary>
[Collection(PageCollection.Name)]
public sealed class PacketApprovalScreenTests(PageServer pages)
{
    private CampaignServer Server => pages.Server;

    [Fact]
    public async Task Waiting_packet_is_on_Today_and_approved_on_a_page_of_its_own()
    {
        var slug = await Server.OpenCampaignAsync("approval-screens");
        var id = await OrderAsync(slug);
        var address = $"/staff/c/{slug}/packets/{id}";
        using var campaigner = await FormClient.SignInAsync(Server.Url, Role.Campaigner);
        var today = await campaigner.PageAsync("/staff");
        Assert.Contains("Packets that wait for your approval", today);
        Assert.Contains("awaits approval", await campaigner.PageAsync($"/staff/c/{slug}/packets"));
        Assert.Contains("This packet waits for a second member", await campaigner.PageAsync(address));
        var page = await campaigner.PageAsync(address + "/approve");
        Assert.Contains("The packet is built.", page);
        var done = await CampaignServer.Expect(303, await campaigner.SubmitAsync(page, address + "/approve"));
        Assert.Equal(address, done.Headers.Location!.ToString());
        await PacketOrders.ReadyAsync(pages.Staff, id);
        Assert.Contains("Approved", await campaigner.PageAsync(address));
        var again = await CampaignServer.Expect(409, await campaigner.SubmitAsync(page, address + "/approve"));
        Assert.Contains("this was decided already", await again.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Packet_is_declined_with_a_reason_that_its_page_shows()
    {
        var slug = await Server.OpenCampaignAsync("decline-screens");
        var id = await OrderAsync(slug);
        var address = $"/staff/c/{slug}/packets/{id}";
        using var campaigner = await FormClient.SignInAsync(Server.Url, Role.Campaigner);
        var page = await campaigner.PageAsync(address + "/decline");
        var empty = await CampaignServer.Expect(400, await campaigner.SubmitAsync(page, address + "/decline"));
        Assert.Contains("Give a reason of 1 to 200 characters", await empty.Content.ReadAsStringAsync());
        await CampaignServer.Expect(
            303,
            await campaigner.SubmitAsync(page, address + "/decline", FormClient.Field("reason", "the wrong week"))
        );
        var shown = await campaigner.PageAsync(address);
        Assert.Contains("the wrong week", shown);
        Assert.DoesNotContain("/rebuild", shown);
    }

    [Fact]
    public async Task Member_who_asked_and_an_organiser_are_offered_no_decision()
    {
        var slug = await Server.OpenCampaignAsync("own-approval-screens");
        using var campaigner = await FormClient.SignInAsync(Server.Url, Role.Campaigner);
        var screens = $"/staff/c/{slug}/packets";
        var preview = await campaigner.PageAsync(
            screens + "/preview?recipient=embassy-london&disclosure=initials&locale=nl"
        );
        Assert.Contains("has to approve the packet before it is built", preview);
        var ordered = await CampaignServer.Expect(303, await campaigner.SubmitAsync(preview, screens));
        var address = ordered.Headers.Location!.ToString();
        var page = await campaigner.PageAsync(address);
        Assert.Contains("so another member has to decide", page);
        Assert.DoesNotContain($"{address}/approve", page);
        var form = await campaigner.PageAsync(address + "/approve");
        var refused = await CampaignServer.Expect(403, await campaigner.SubmitAsync(form, address + "/approve"));
        Assert.Contains("so another member has to decide", await refused.Content.ReadAsStringAsync());
        using var organiser = await FormClient.SignInAsync(Server.Url, Role.Organiser, "GB");
        Assert.DoesNotContain($"{address}/approve", await organiser.PageAsync(address));
        await organiser.PageAsync(address + "/approve", 404);
    }

    private Task<string> OrderAsync(string slug) =>
        PacketOrders.OrderAsync(pages.Staff, slug, recipient: "embassy-london", disclosure: "initials");
}
