using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using static Campaigns.Tests.Pages.Console.FormClient;

namespace Campaigns.Tests.Pages.Console;

/// <summary>The screens about hand-overs over HTTP: statuses, roles and what they show.</summary>
[Collection(PageCollection.Name)]
public sealed class HandoverScreenTests(PageServer pages)
{
    private CampaignServer Server => pages.Server;

    [Fact]
    public async Task Handover_is_planned_tried_delivered_and_answered_on_screens()
    {
        var slug = await Server.OpenCampaignAsync("handover-screens");
        var screens = $"/staff/c/{slug}/handovers";
        using var campaigner = await SignInAsync(Server.Url, Role.Campaigner);
        Assert.Contains("There is no hand-over yet", await campaigner.PageAsync(screens));
        Assert.Contains("There is no packet for", await campaigner.PageAsync(screens + "/new?recipient=embassy-oslo"));
        var packet = await ReadyAsync(slug, "embassy-oslo");
        var form = await campaigner.PageAsync(screens + "/new?recipient=embassy-oslo");
        var refused = await campaigner.SubmitAsync(form, screens, Field("time", "25:00"));
        var again = await ReadAsync(refused, 400);
        Assert.Contains("Choose at least one packet", again);
        Assert.Contains("Give a time of day", again);
        var planned = await CampaignServer.Expect(
            303,
            await campaigner.SubmitAsync(
                form,
                screens,
                Field("packets", packet),
                Field("plannedOn", pages.Today()),
                Field("time", "11:30"),
                Field("place", "Secret street"),
                Field("delegation", "Kari\r\nOla"),
                Field("public", "yes")
            )
        );
        var address = planned.Headers.Location!.ToString();
        var page = await campaigner.PageAsync(address);
        foreach (var shown in (string[])["Secret street", "<li>Ola</li>", "Nothing was tried yet", packet])
            Assert.Contains(shown, page);
        Assert.Contains("It starts on the day of delivery", page);

        var change = await campaigner.PageAsync(address + "/change");
        Assert.Contains("Kari\nOla", WebUtility.HtmlDecode(change));
        await CampaignServer.Expect(
            303,
            await campaigner.SubmitAsync(
                change,
                address + "/change",
                Field("packets", packet),
                Field("occasion", "A day"),
                Field("public", "yes")
            )
        );
        Assert.DoesNotContain("Secret street", await campaigner.PageAsync(address));

        await RecordAsync(campaigner, address, "attempt", Field("on", pages.Today()), Field("outcome", "refused"));
        Assert.Contains("Record the next attempt", await campaigner.PageAsync(address));
        var future = await campaigner.SubmitAsync(
            await campaigner.PageAsync(address + "/attempt"),
            address + "/attempt",
            Field("on", pages.Today(2)),
            Field("outcome", "received")
        );
        Assert.Contains("Give a day that has come", await ReadAsync(future, 400));
        await RecordAsync(
            campaigner,
            address,
            "attempts/1",
            Field("on", pages.Today(-40)),
            Field("outcome", "received"),
            Field("reason", "misread")
        );
        page = await campaigner.PageAsync(address);
        foreach (var shown in (string[])["30 days after delivery on", "40 days", "overdue"])
            Assert.Contains(shown, page);
        Assert.Contains("Answer was due", await campaigner.PageAsync(screens));
        Assert.Contains("Answers overdue", await campaigner.PageAsync("/staff"));
        Assert.Contains(", 40 days without an answer", await PublicAsync(slug, "en"));
        Assert.Contains(", 40 dagen zonder antwoord", await PublicAsync(slug, "nl"));
        Assert.Contains(", 40 dager uten svar", await PublicAsync(slug, "nb"));

        await RecordAsync(
            campaigner,
            address,
            "answer",
            Field("on", pages.Today()),
            Field("kind", "partial"),
            Field("summary", "They will look into it.")
        );
        Assert.Contains("This answer stands", await campaigner.PageAsync(address));
        Assert.Contains("They will look into it.", await PublicAsync(slug, "en"));
    }

    [Fact]
    public async Task Handover_is_given_up_and_deleted_on_pages_of_their_own()
    {
        var slug = await Server.OpenCampaignAsync("handover-acts");
        using var campaigner = await SignInAsync(Server.Url, Role.Campaigner);
        var address = await PlanAsync(slug, "embassy-oslo");
        await RecordAsync(campaigner, address, "cancel");
        Assert.DoesNotContain("/change", await campaigner.PageAsync(address));
        await CampaignServer.Expect(
            409,
            await campaigner.SubmitAsync(await campaigner.PageAsync(address + "/cancel"), address + "/cancel")
        );
        var deleted = await CampaignServer.Expect(
            303,
            await campaigner.SubmitAsync(await campaigner.PageAsync(address + "/delete"), address + "/delete")
        );
        Assert.Equal($"/staff/c/{slug}/handovers", deleted.Headers.Location!.ToString());
        await campaigner.PageAsync(address, 404);
    }

    [Fact]
    public async Task Organiser_sees_next_handover_and_clock_of_own_countries_only()
    {
        var slug = await Server.OpenCampaignAsync("handover-scope");
        var london = await PlanAsync(slug, "embassy-london");
        var oslo = await PlanAsync(slug, "embassy-oslo");
        using var organiser = await SignInAsync(Server.Url, Role.Organiser, "GB");
        var screens = $"/staff/c/{slug}/handovers";
        foreach (var path in (string[])[screens, screens + "/new"])
            Assert.DoesNotContain("Oslo", await organiser.PageAsync(path));
        await organiser.PageAsync(oslo, 404);
        await organiser.PageAsync(oslo + "/attempt", 404);
        await organiser.PageAsync(screens + "/" + london.Split('/')[^1] + "/change");
        Assert.Contains("Next hand-over", await organiser.PageAsync($"/staff/c/{slug}/countries/GB"));
        await RecordAsync(organiser, london, "attempt", Field("on", pages.Today(-25)), Field("outcome", "posted"));
        Assert.Contains("25 days since", await organiser.PageAsync($"/staff/c/{slug}/countries/GB"));
        Assert.Contains("Answers due within 7 days", await organiser.PageAsync("/staff"));
    }

    [Fact]
    public async Task Auditor_reads_handovers_without_people_places_and_notes()
    {
        var slug = await Server.OpenCampaignAsync("handover-auditor");
        var address = await PlanAsync(slug, "embassy-oslo");
        using var auditor = await SignInAsync(Server.Url, Role.Auditor);
        Assert.DoesNotContain("/handovers/new", await auditor.PageAsync($"/staff/c/{slug}/handovers"));
        var page = await auditor.PageAsync(address);
        Assert.DoesNotContain("Secret street", page);
        Assert.DoesNotContain("/change", page);
        foreach (var path in (string[])["/change", "/attempt", "/answer", "/cancel", "/delete"])
            await auditor.PageAsync(address + path, 404);
    }

    internal static async Task<string> ReadyAsync(PageServer pages, string slug, string recipient)
    {
        var packet = await PacketOrders.OrderAsync(pages.Staff, slug, recipient: recipient);
        await PacketOrders.ReadyAsync(pages.Staff, packet);
        return packet;
    }

    /// <summary>Plans a hand-over and returns the address of its screen.</summary>
    internal static async Task<string> PlanAsync(PageServer pages, string slug, string recipient)
    {
        var plan = new JsonObject
        {
            ["recipient"] = recipient,
            ["packets"] = new JsonArray(await ReadyAsync(pages, slug, recipient)),
            ["plannedOn"] = pages.Today(),
            ["place"] = "Secret street",
            ["public"] = true,
        };
        var created = await CampaignServer.Expect(
            201,
            await pages.Staff.PostAsJsonAsync($"/api/staff/campaigns/{slug}/handovers", plan)
        );
        return $"/staff/c/{slug}/handovers/{created.Headers.Location!.ToString().Split('/')[^1]}";
    }

    private static async Task RecordAsync(
        FormClient client,
        string address,
        string form,
        params KeyValuePair<string, string>[] fields
    )
    {
        var page = await client.PageAsync($"{address}/{form}");
        var done = await CampaignServer.Expect(303, await client.SubmitAsync(page, $"{address}/{form}", fields));
        Assert.Equal(address, done.Headers.Location!.ToString());
    }

    private Task<string> PlanAsync(string slug, string recipient) => PlanAsync(pages, slug, recipient);

    private Task<string> ReadyAsync(string slug, string recipient) => ReadyAsync(pages, slug, recipient);

    private async Task<string> PublicAsync(string slug, string language) =>
        WebUtility.HtmlDecode(
            await (
                await CampaignServer.Expect(200, await Server.Http.GetAsync($"/c/{slug}?lang={language}"))
            ).Content.ReadAsStringAsync()
        );

    private static async Task<string> ReadAsync(HttpResponseMessage answer, int status) =>
        await (await CampaignServer.Expect(status, answer)).Content.ReadAsStringAsync();
}
