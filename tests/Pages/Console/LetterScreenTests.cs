using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Pages.Console;

/// <summary>
/// The screen about letters: what is given up is sent again, and suppressions are found and lifted.
/// </summary>
[Collection(PageCollection.Name)]
public sealed class LetterScreenTests(PageServer pages)
{
    private CampaignServer Server => pages.Server;

    [Fact]
    public async Task Given_up_letter_is_sent_again_and_a_sent_one_is_not()
    {
        var (slug, letter) = await GiveUpAsync("given-up");
        using var campaigner = await FormClient.SignInAsync(Server.Url, Role.Campaigner);
        var screen = $"/staff/c/{slug}/letters";
        var page = await campaigner.PageAsync(screen);
        Assert.Contains("4.7.1", page);
        var resent = await CampaignServer.Expect(303, await campaigner.SubmitAsync(page, $"{screen}/{letter}/resend"));
        Assert.Equal(screen + "?done=resend", resent.Headers.Location!.ToString());
        await CampaignServer.UntilAsync(
            () => Server.Query<string>("SELECT state FROM letters WHERE id = @id", Id(letter)) == "sent",
            "the letter does not leave again"
        );
        var again = await CampaignServer.Expect(303, await campaigner.SubmitAsync(page, $"{screen}/{letter}/resend"));
        Assert.Equal(screen + "?refused=wrong-state", again.Headers.Location!.ToString());
        Assert.Contains("Nothing was sent", await campaigner.PageAsync(again.Headers.Location!.ToString()));
        await (
            await pages.Staff.PostAsync($"/api/staff/campaigns/{slug}/letters/{letter}/resend", null)
        ).ProblemAsync(409, "wrong-state");
    }

    [Fact]
    public async Task Obsolete_letter_is_not_sent_again()
    {
        var (slug, letter) = await GiveUpAsync("obsolete");
        await Server.WriteAsync(
            "UPDATE letters SET generation = generation - 1 WHERE id = @id",
            Id(letter)
        );
        await (
            await pages.Staff.PostAsync($"/api/staff/campaigns/{slug}/letters/{letter}/resend", null)
        ).ProblemAsync(409, "wrong-state");
    }

    [Fact]
    public async Task Outbox_says_how_old_it_is_and_why_letters_wait()
    {
        var (slug, letter) = await GiveUpAsync("waiting");
        await Server.WriteAsync(
            "UPDATE letters SET state = 'queued', due_at = due_at + 86400000000 WHERE id = @id",
            Id(letter)
        );
        var outbox = (
            await pages.Staff.GetFromJsonAsync<JsonObject>($"/api/staff/campaigns/{slug}/letters")
        )!["outbox"]!;
        Assert.Equal(1, (int)outbox["queued"]!);
        Assert.NotNull(outbox["oldestAt"]);
        Assert.Equal("""[{"code":"4.7.1","letters":1}]""", outbox["retries"]!.ToJsonString());
        // Other tests wait until no letter is queued.
        await Server.WriteAsync("UPDATE letters SET state = 'failed' WHERE id = @id", Id(letter));
    }

    [Fact]
    public async Task Suppression_is_found_by_its_address_and_lifted_with_a_reason()
    {
        var slug = await Server.OpenCampaignAsync("letters-suppressed");
        await Server.SignAsync(slug, CampaignServer.Signature("suppressed@example.org"));
        await Server.WriteAsync(
            """
            INSERT INTO suppressions (id, campaign_id, blind_index, index_version, reason, created_at, until, may_retry)
            SELECT 4711, campaign_id, blind_index, index_version, 'not-me', signed_at, signed_at + 864000000, 0
            FROM signatures WHERE campaign_id = (SELECT id FROM campaigns WHERE slug = @slug)
            """,
            new { slug }
        );
        using var campaigner = await FormClient.SignInAsync(Server.Url, Role.Campaigner);
        var screen = $"/staff/c/{slug}/letters";
        var page = await campaigner.PageAsync(screen);
        var refused = await campaigner.SubmitAsync(page, screen + "/suppressions", FormClient.Field("email", "x"));
        Assert.Contains("This is not an e-mail address.", await ReadAsync(refused, 400));
        var found = await ReadAsync(
            await campaigner.SubmitAsync(
                page,
                screen + "/suppressions",
                FormClient.Field("email", "suppressed@example.org")
            )
        );
        Assert.DoesNotContain("suppressed@example.org", found);
        var lift = screen + "/suppressions/4711";
        Assert.Contains(lift, found);
        page = await campaigner.PageAsync(lift);
        Assert.Contains("Lift 1 suppression", page);
        await ReadAsync(await campaigner.SubmitAsync(page, lift), 400);
        var lifted = await campaigner.SubmitAsync(page, lift, FormClient.Field("reason", "by phone"));
        Assert.Equal(screen + "?done=lift", lifted.Headers.Location!.ToString());
        await campaigner.PageAsync(lift, 404);
    }

    [Fact]
    public async Task Mail_domain_is_marked_as_genuine_with_a_reason()
    {
        using var campaigner = await FormClient.SignInAsync(Server.Url, Role.Campaigner);
        var screen = $"/staff/c/{pages.Slug}/letters";
        var page = await campaigner.PageAsync(screen);
        var refused = await ReadAsync(
            await campaigner.SubmitAsync(page, screen + "/genuine", FormClient.Field("domain", "nonsense")),
            400
        );
        Assert.Contains("href=\"#domain\"", refused);
        Assert.Contains("value=\"nonsense\"", refused);
        var marked = await campaigner.SubmitAsync(
            page,
            screen + "/genuine",
            FormClient.Field("domain", "university.example"),
            FormClient.Field("reason", "its students were asked")
        );
        Assert.Equal(screen + "?done=genuine", marked.Headers.Location!.ToString());
        Assert.Contains("university.example", await campaigner.PageAsync(screen));
    }

    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task No_screen_of_abuse_and_letters_has_a_violation(string language)
    {
        var empty = await Server.OpenCampaignAsync("axe-empty-" + language);
        var (slug, letter) = await GiveUpAsync("axe-letters-" + language);
        // What a limit would have done.
        await Server.WriteAsync(
            """
            UPDATE signatures SET hold_reason = 'network', wave = 18
            WHERE campaign_id = (SELECT id FROM campaigns WHERE slug = @slug)
            """,
            new { slug }
        );
        var asked = await (
            await CampaignServer.Expect(
                202,
                await pages.Staff.PostAsJsonAsync(
                    $"/api/staff/campaigns/{slug}/invalidations",
                    new { reason = "robots", conditions = new { wave = "18", countries = (string[])["NO"] } }
                )
            )
        ).BodyAsync();
        var bulk = $"/api/staff/campaigns/{slug}/invalidations/{asked["id"]}";
        await CampaignServer.UntilAsync(
            async () => (string)(await pages.Staff.GetFromJsonAsync<JsonObject>(bulk))!["status"]! == "counted",
            "it is not counted"
        );
        await using var window = await pages.WindowAsync(language, width: 320, script: true);
        var page = await ConsoleWindow.SignInAsync(window, Role.Campaigner);
        var found = new List<string>();

        async Task Open(string path, string campaign)
        {
            await page.GotoAsync($"/staff/c/{campaign}/{path}");
            Assert.Equal(language, await page.Locator("html").GetAttributeAsync("lang"));
            found.AddRange(await PageInspection.InspectAsync(page, path));
        }

        async Task Refuse(string path, string form)
        {
            await page.GotoAsync($"/staff/c/{slug}/{path}");
            await page.EvaluateAsync("() => document.querySelectorAll('form').forEach(one => one.noValidate = true)");
            await page.EvaluateAsync("() => document.querySelectorAll('details').forEach(one => one.open = true)");
            await page.Locator($"form[action*='{form}'] button[type=submit]").ClickAsync();
            Assert.Equal(1, await page.Locator("#errors").CountAsync());
            found.AddRange(await PageInspection.InspectAsync(page, path + " refused"));
        }

        foreach (var path in (string[])["abuse", "abuse/invalidations", "letters"])
            await Open(path, empty);
        foreach (
            var path in (string[])
                [
                    "abuse",
                    "abuse?done=release",
                    "abuse/waves/18/release",
                    "abuse/waves/18/invalidate",
                    "abuse/invalidations",
                    "abuse/invalidations/new?wave=18",
                    $"abuse/invalidations/{asked["id"]}",
                    $"abuse/invalidations/{asked["id"]}?refused=wrong-state",
                    "letters",
                    "letters?refused=wrong-state",
                ]
        )
            await Open(path, slug);
        await Refuse("abuse/invalidations/new", "/invalidations");
        await Refuse("abuse/waves/18/invalidate", "/invalidate");
        await Refuse("letters", "/suppressions");
        await Refuse("letters", "/genuine");
        foreach (var status in (string[])["awaiting-approval", "running", "done", "undone"])
        {
            await Server.WriteAsync(
                """
                UPDATE invalidations SET status = @status, started_at = requested_at, invalidated = 1,
                    lease_until = 9000000000000000, lease_owner = 'test' WHERE id = @id
                """,
                new { status, id = PacketScreenTests.Number((string)asked["id"]!) }
            );
            await Open($"abuse/invalidations/{asked["id"]}?still=true", slug);
        }
        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.NotEqual("", letter);
    }

    // A letter that its mail server refused for days.
    private async Task<(string Slug, string Letter)> GiveUpAsync(string name)
    {
        var slug = await Server.OpenCampaignAsync("letter-" + name);
        await Server.SignAsync(slug, CampaignServer.Signature(name + "@example.org"));
        await Server.WaitForMailAsync();
        var letter = Server.Query<long>(
            "SELECT max(l.id) FROM letters l JOIN campaigns c ON c.id = l.campaign_id WHERE c.slug = @slug",
            new { slug }
        );
        await Server.WriteAsync(
            "UPDATE letters SET state = 'failed', failure = '4.7.1', tries = 9, sent_at = NULL WHERE id = @id",
            new { id = letter }
        );
        return (slug, Ids.Text(letter));
    }

    private static object Id(string letter) => new { id = PacketScreenTests.Number(letter) };

    private static async Task<string> ReadAsync(HttpResponseMessage answer, int status = 200) =>
        await (await CampaignServer.Expect(status, answer)).Content.ReadAsStringAsync();
}
