using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Pages.Console;

/// <summary>The screens about signatures: what is found, shown, done and refused.</summary>
[Collection(PageCollection.Name)]
public sealed class SignatureScreenTests(PageServer pages)
{
    private CampaignServer Server => pages.Server;

    [Fact]
    public async Task Signature_is_found_by_its_address_and_shown_without_it()
    {
        var (slug, id) = await SignAsync("found");
        using var campaigner = await FormClient.SignInAsync(Server.Url, Role.Campaigner);
        var screen = $"/staff/c/{slug}/signatures";
        var page = await campaigner.PageAsync(screen);
        Assert.Contains($"{screen}/{id}", page);
        Assert.DoesNotContain("Kari", page);

        var found = await ReadAsync(
            await campaigner.SubmitAsync(page, screen + "/find", FormClient.Field("email", "Found@example.org"))
        );
        Assert.Contains("Found for this address", found);
        Assert.Contains($"{screen}/{id}", found);
        Assert.DoesNotContain("ound@example.org", found);
        Assert.Equal(1, Audited(slug, "signature.find"));
        var none = await campaigner.SubmitAsync(found, screen + "/find", FormClient.Field("email", "no@example.org"));
        Assert.Contains("No signature of this campaign has this address.", await ReadAsync(none));
        var refused = await campaigner.SubmitAsync(found, screen + "/find", FormClient.Field("email", "nonsense"));
        Assert.Contains("This is not an e-mail address.", await ReadAsync(refused, 400));
        // The address of the form leads back to the screen, as after a change of the language.
        Assert.Equal(screen, (await campaigner.GetAsync(screen + "/find")).Headers.Location!.ToString());

        var byId = await CampaignServer.Expect(303, await campaigner.GetAsync($"{screen}/find?id={id}"));
        Assert.Equal($"{screen}/{id}", byId.Headers.Location!.ToString());
        Assert.Contains("An id is a number", await campaigner.PageAsync($"{screen}/find?id=x", 400));
        Assert.Contains("no signature with this id", await campaigner.PageAsync($"{screen}/find?id=17", 404));

        var shown = await campaigner.PageAsync($"{screen}/{id}");
        Assert.Contains("Kari Nordmann", shown);
        Assert.Contains("This look is written to the audit trail", shown);
        Assert.DoesNotContain("@example.org", shown);
        Assert.Equal(1, Audited(slug, "signature.look"));
        await campaigner.PageAsync($"{screen}/17", 404);
    }

    [Fact]
    public async Task Filter_is_in_the_address_and_stays_in_another_language()
    {
        var (slug, id) = await SignAsync("filtered");
        using var campaigner = await FormClient.SignInAsync(Server.Url, Role.Campaigner);
        var screen = $"/staff/c/{slug}/signatures";
        var day = Instant.Text(Instant.Day(Server.Clock.GetUtcNow()));
        foreach (
            var filter in (string[])
                ["state=confirmed", "country=NO", "window=30m", "from=2019-05-17T09:00", $"to={day}", "from=2019-05-17"]
        )
            Assert.Contains($"{screen}/{id}", await campaigner.PageAsync($"{screen}?{filter}"));
        foreach (var filter in (string[])["state=pending", "country=GB", "wave=17", "to=2019-05-17T09:00"])
            Assert.Contains("No signature meets this filter.", await campaigner.PageAsync($"{screen}?{filter}"));
        foreach (
            var filter in (string[])
                ["state=x", "country=XX", "wave=x", "window=1h", "from=x", "window=3h&from=2019-05-17"]
        )
            Assert.Contains("id=\"errors\"", await campaigner.PageAsync($"{screen}?{filter}", 400));
        var page = await campaigner.PageAsync($"{screen}?state=confirmed&country=NO");
        Assert.Contains("?state=confirmed&amp;country=NO&amp;lang=nl", page);
    }

    [Fact]
    public async Task Name_is_corrected_and_signature_invalidated_with_a_reason()
    {
        var (slug, id) = await SignAsync("corrected");
        using var campaigner = await FormClient.SignInAsync(Server.Url, Role.Campaigner);
        var one = $"/staff/c/{slug}/signatures/{id}";
        var form = await campaigner.PageAsync(one + "/correct");
        var refused = await ReadAsync(
            await campaigner.SubmitAsync(form, one + "/correct", FormClient.Field("name", "Kari Olsen")),
            400
        );
        Assert.Contains("Kari Olsen", refused);
        Assert.Contains("Give a reason", refused);
        await DoneAsync(
            campaigner,
            refused,
            one,
            "correct",
            FormClient.Field("name", "Kari Olsen"),
            FormClient.Field("reason", "letter of 3 May")
        );
        var shown = await campaigner.PageAsync(one + "?done=correct");
        Assert.Contains("The name is corrected.", shown);
        Assert.Contains("Kari Olsen", shown);
        Assert.DoesNotContain("<script>", await campaigner.PageAsync(one + "?done=<script>&refused=<script>"));

        var invalidate = await campaigner.PageAsync(one + "/invalidate");
        Assert.Contains("Invalidate 1 signature", invalidate);
        await ReadAsync(
            await campaigner.SubmitAsync(invalidate, one + "/invalidate", FormClient.Field("reason", "a@example.org")),
            400
        );
        await DoneAsync(campaigner, invalidate, one, "invalidate", FormClient.Field("reason", "robots"));
        shown = await campaigner.PageAsync(one);
        Assert.Contains("robots", shown);
        Assert.DoesNotContain(one + "/invalidate", shown);
    }

    [Fact]
    public async Task Erasure_asks_for_the_end_of_the_id()
    {
        var (slug, id) = await SignAsync("erased");
        using var campaigner = await FormClient.SignInAsync(Server.Url, Role.Campaigner);
        var one = $"/staff/c/{slug}/signatures/{id}";
        var form = await campaigner.PageAsync(one + "/erase");
        Assert.Contains(
            "These are not the last six digits",
            await ReadAsync(await campaigner.SubmitAsync(form, one + "/erase", FormClient.Field("typed", "1")), 400)
        );
        Assert.Contains("Kari", await campaigner.PageAsync(one));
        await DoneAsync(campaigner, form, one, "erase", FormClient.Field("typed", id[^6..]));
        var shown = await campaigner.PageAsync(one);
        Assert.DoesNotContain("Kari", shown);
        Assert.Contains("The personal data is cleared", shown);
        Assert.Equal(1, Audited(slug, "signature.erase"));
    }

    [Fact]
    public async Task Confirmation_is_mailed_again_within_the_limit()
    {
        var slug = await Server.OpenCampaignAsync("signature-resent");
        await Server.SignAsync(slug, CampaignServer.Signature("resent@example.org"));
        var id = NewestOf(slug);
        using var campaigner = await FormClient.SignInAsync(Server.Url, Role.Campaigner);
        var one = $"/staff/c/{slug}/signatures/{id}";
        for (var letters = 1; letters < 5; letters++)
            await DoneAsync(campaigner, await campaigner.PageAsync(one), one, "resend");
        var refused = await campaigner.SubmitAsync(await campaigner.PageAsync(one), one + "/resend");
        Assert.Equal(one + "?refused=rate-limited", refused.Headers.Location!.ToString());
        Assert.Contains(
            "has had its letters of the week",
            await campaigner.PageAsync(refused.Headers.Location!.ToString())
        );
    }

    [Fact]
    public async Task Printed_line_leads_to_its_signature()
    {
        var (slug, id) = await SignAsync("printed", "GB");
        await PacketScreenTests.SealedAsync(Server, slug, 1);
        var packet = await PacketOrders.OrderAsync(
            pages.Staff,
            slug,
            recipient: "embassy-london",
            disclosure: "initials"
        );
        await PacketOrders.ApproveAsync(Server, packet);
        await PacketOrders.ReadyAsync(pages.Staff, packet);
        using var campaigner = await FormClient.SignInAsync(Server.Url, Role.Campaigner);
        var screen = $"/staff/c/{slug}/signatures";
        Assert.Contains("Find by line", await campaigner.PageAsync(screen));
        var line = $"{screen}/line?packet={packet}&country=GB&volume=1&line=";
        var found = await CampaignServer.Expect(303, await campaigner.GetAsync(line + "1"));
        Assert.Equal($"{screen}/{id}", found.Headers.Location!.ToString());
        Assert.Contains("no line of this number", await campaigner.PageAsync(line + "9", 400));
        Assert.Contains("Choose a packet", await campaigner.PageAsync($"{screen}/line?packet=17", 400));
    }

    [Theory, InlineData(Role.Auditor), InlineData(Role.Organiser)]
    public async Task People_are_out_of_reach_of_auditors_and_organisers(string role)
    {
        var (slug, id) = await SignAsync("reach-" + role);
        using var member = await FormClient.SignInAsync(Server.Url, role, role == Role.Organiser ? ["NO"] : []);
        var home = await member.PageAsync($"/staff/c/{slug}");
        foreach (
            var screen in (string[])
                [
                    "signatures",
                    $"signatures/{id}",
                    $"signatures/{id}/erase",
                    "abuse",
                    "abuse/invalidations/new",
                    "letters",
                ]
        )
        {
            await member.PageAsync($"/staff/c/{slug}/{screen}", 404);
            Assert.DoesNotContain($"/staff/c/{slug}/{screen}\"", home);
        }
    }

    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task No_screen_of_signatures_has_a_violation(string language)
    {
        var slug = await Server.OpenCampaignAsync("axe-signatures-" + language);
        await using var window = await pages.WindowAsync(language, width: 320, script: true);
        var page = await ConsoleWindow.SignInAsync(window, Role.Campaigner);
        var found = new List<string>();

        async Task Open(string path)
        {
            await page.GotoAsync($"/staff/c/{slug}/signatures{path}");
            Assert.Equal(language, await page.Locator("html").GetAttributeAsync("lang"));
            found.AddRange(await PageInspection.InspectAsync(page, path));
        }

        await Open("");
        await Server.SignAndConfirmAsync(slug, CampaignServer.Signature($"axe-{language}@example.org"));
        var id = NewestOf(slug);
        // What a limit would have done.
        await Server.WriteAsync(
            "UPDATE signatures SET hold_reason = 'network', wave = 17 WHERE id = @id",
            new { id = PacketScreenTests.Number(id) }
        );
        await Open("");
        await Open("?state=confirmed&from=2019-05-17T09:00&wave=17");
        await Open("?state=x&wave=x&from=x&country=x&holdReason=X");
        await Open("/find?id=x");
        await Open("/line?packet=17");
        foreach (
            var path in (string[])["", "?done=release", "?refused=wrong-state", "/correct", "/invalidate", "/erase"]
        )
            await Open($"/{id}{path}");
        foreach (var act in (string[])["correct", "invalidate", "erase"])
        {
            await page.GotoAsync($"/staff/c/{slug}/signatures/{id}/{act}");
            await page.EvaluateAsync("() => document.querySelectorAll('form').forEach(one => one.noValidate = true)");
            await page.Locator("main form button[type=submit]").ClickAsync();
            Assert.Equal(1, await page.Locator("#errors").CountAsync());
            found.AddRange(await PageInspection.InspectAsync(page, act + " refused"));
        }
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private async Task<(string Slug, string Id)> SignAsync(string name, string country = "NO")
    {
        var slug = await Server.OpenCampaignAsync("signature-" + name);
        await Server.SignAndConfirmAsync(slug, CampaignServer.Signature($"{name}@example.org", country: country));
        return (slug, NewestOf(slug));
    }

    private string NewestOf(string slug) =>
        Ids.Text(
            Server.Query<long>(
                "SELECT max(s.id) FROM signatures s JOIN campaigns c ON c.id = s.campaign_id WHERE c.slug = @slug",
                new { slug }
            )
        );

    private long Audited(string slug, string action) =>
        Server.Query<long>(
            "SELECT count(*) FROM audit WHERE action = @action AND campaign = @slug",
            new { action, slug }
        );

    private static async Task DoneAsync(
        FormClient client,
        string page,
        string one,
        string act,
        params KeyValuePair<string, string>[] fields
    )
    {
        var done = await CampaignServer.Expect(303, await client.SubmitAsync(page, $"{one}/{act}", fields));
        Assert.Equal($"{one}?done={act}", done.Headers.Location!.ToString());
    }

    private static async Task<string> ReadAsync(HttpResponseMessage answer, int status = 200) =>
        await (await CampaignServer.Expect(status, answer)).Content.ReadAsStringAsync();
}
