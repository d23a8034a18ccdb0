using System.Buffers.Text;
using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages;

/// <summary>
/// The page that checks packets and receipts in the browser, with a packet that the worker built.
/// </summary>
[Collection(PageCollection.Name)]
public sealed class VerifyPageTests(PageServer pages)
{
    private const string Certificate = "count-certificate.pdf";

    [Fact]
    public async Task Genuine_packet_passes_and_nothing_is_sent()
    {
        var zip = await BuildAsync("genuine@verify.example");
        await using var window = await pages.WindowAsync(script: true, policy: true);
        var page = await OpenAsync(window);
        var requested = new ConcurrentBag<string>();
        page.Request += (_, request) => requested.Add(request.Url);
        var complaints = new ConcurrentBag<string>();
        page.PageError += (_, error) => complaints.Add(error);
        await ChooseAsync(page, "packet.zip", zip);
        await VerdictAsync(page, "everything that was checked is true");
        await SaysAsync(page, "True: A published key signed this manifest.");
        await SaysAsync(page, "files have the listed size and SHA-256");
        await SaysAsync(page, "the numbers of each country and text add up");
        Assert.Empty(requested);
        Assert.Empty(complaints);
        var manifest = Read(zip, "manifest.json");
        await ChooseAsync(page, "manifest.jws", Read(zip, "manifest.jws"));
        await VerdictAsync(page, "manifest.jws: everything");
        await ChooseAsync(page, "manifest.json", manifest);
        await VerdictAsync(page, "not everything could be checked");
    }

    [Fact]
    public async Task Changed_missing_and_added_files_are_named()
    {
        var zip = await BuildAsync("changed@verify.example");
        await using var window = await pages.WindowAsync(script: true, policy: true);
        var page = await OpenAsync(window);
        var content = Read(zip, Certificate);
        content[content.Length / 2] ^= 1;
        await ChooseAsync(page, "changed.zip", Change(zip, Certificate, content));
        await VerdictAsync(page, "something is FALSE");
        await SaysAsync(page, $"FALSE: {Certificate} was changed.");
        await ChooseAsync(page, "missing.zip", Change(zip, Certificate, null));
        await SaysAsync(page, $"FALSE: {Certificate} is listed but missing.");
        await ChooseAsync(page, "added.zip", Change(zip, "more.pdf", content));
        await SaysAsync(page, "FALSE: more.pdf is not listed.");
        await ChooseAsync(
            page,
            "longer.zip",
            Change(zip, Certificate, [.. Read(zip, Certificate), .. new byte[10_000_000]])
        );
        await SaysAsync(page, $"FALSE: {Certificate} was changed.");
        await ChooseAsync(page, "no.zip", [.. "PK"u8, 3, 4, 0, 0]);
        await SaysAsync(page, "This is no packet, manifest or receipt, or it is damaged.");
    }

    [Fact]
    public async Task Forged_manifest_is_refused()
    {
        var zip = await BuildAsync("forged@verify.example");
        await using var window = await pages.WindowAsync(script: true, policy: true);
        var page = await OpenAsync(window);
        var manifest = Encoding.UTF8.GetString(Read(zip, "manifest.json"));
        var forged = manifest.Replace(
            "\"disclosure\": \"name\"",
            "\"disclosure\": \"count\"",
            StringComparison.Ordinal
        );
        Assert.NotEqual(manifest, forged);
        await ChooseAsync(page, "forged.zip", Change(zip, "manifest.json", Encoding.UTF8.GetBytes(forged)));
        await VerdictAsync(page, "something is FALSE");
        await SaysAsync(page, "FALSE: No published key signed this manifest.");
        var parts = Encoding.ASCII.GetString(Read(zip, "manifest.jws")).Split('.');
        var other = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(forged));
        await ChooseAsync(page, "manifest.jws", Encoding.ASCII.GetBytes($"{parts[0]}.{other}.{parts[2]}"));
        await SaysAsync(page, "FALSE: No published key signed this manifest.");
    }

    [Fact]
    public async Task Address_of_the_code_asks_for_its_packet_only()
    {
        var zip = await BuildAsync("asked@verify.example");
        var manifest = JsonNode.Parse(Read(zip, "manifest.json"))!;
        var (packet, root) = ((string)manifest["packet"]!, (string)manifest["cutOff"]!["root"]!);
        await using var window = await pages.WindowAsync(script: true, policy: true);
        var page = await OpenAsync(window, $"#packet={packet}&root={root}");
        await VerdictAsync(page, $"You opened the address of packet {packet}.");
        await ChooseAsync(page, "packet.zip", zip);
        await SaysAsync(page, $"True: This is packet {packet}, whose address you opened.");
        page = await OpenAsync(window, $"#packet=1&root={root}");
        await ChooseAsync(page, "packet.zip", zip);
        await SaysAsync(page, $"FALSE: This is packet {packet}, not the one");
        await VerdictAsync(page, "something is FALSE");
    }

    [Fact]
    public async Task Genuine_receipt_passes_and_a_changed_one_does_not()
    {
        var token = await pages.Server.SignAndConfirmAsync(
            pages.Slug,
            CampaignServer.Signature("receipt@verify.example", country: "GB")
        );
        // Later lines, so that the proof has a path.
        await BuildAsync("later@verify.example");
        byte[] receipt = [];
        await CampaignServer.UntilAsync(
            async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/api/my/signature/receipt");
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                var answer = await pages.Server.Http.SendAsync(request);
                receipt = await answer.Content.ReadAsByteArrayAsync();
                return answer.IsSuccessStatusCode;
            },
            "no receipt"
        );
        await using var window = await pages.WindowAsync(script: true, policy: true);
        var page = await OpenAsync(window);
        await ChooseAsync(page, "receipt.json", receipt);
        await VerdictAsync(page, "everything that was checked is true");
        await SaysAsync(page, "the signer was counted");
        var changed = JsonNode.Parse(receipt)!;
        changed["email"] = "other@verify.example";
        await ChooseAsync(page, "other.json", Encoding.UTF8.GetBytes(changed.ToJsonString()));
        await SaysAsync(page, "FALSE: The receipt does not explain its line.");
        changed = JsonNode.Parse(receipt)!;
        changed["n"] = (long)changed["n"]! + 1;
        changed["proof"]!["n"] = (long)changed["n"]!;
        await ChooseAsync(page, "moved.json", Encoding.UTF8.GetBytes(changed.ToJsonString()));
        await SaysAsync(page, "FALSE: The line of this receipt is not in the signed ledger.");
    }

    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task Page_is_accessible_with_results_and_complete_without_script(string language)
    {
        var zip = await BuildAsync($"{language}@verify.example");
        await using var window = await pages.WindowAsync(language, width: 320, script: true);
        var page = await OpenAsync(window);
        var found = new List<string>(await PageInspection.InspectAsync(page, "empty"));
        await ChooseAsync(page, "packet.zip", Change(zip, "more.pdf", [1]));
        await Assertions.Expect(page.Locator("#results li")).Not.ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("#verdict[data-result=false]")).ToHaveCountAsync(1);
        found.AddRange(await PageInspection.InspectAsync(page, "results"));
        Assert.True(found.Count == 0, string.Join('\n', found));

        await using var plain = await pages.WindowAsync(language);
        var without = await OpenAsync(plain);
        await Assertions.Expect(without.Locator("#files")).ToBeHiddenAsync();
        await Assertions.Expect(without.Locator("pre")).ToContainTextAsync(" verify ");
        await Assertions.Expect(without.Locator("noscript p")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Policy_of_the_page_allows_no_connection_and_no_form()
    {
        var answer = await pages.Server.Http.GetAsync("/verify");
        Assert.Equal(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'none'; "
                + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
            Assert.Single(answer.Headers.GetValues("Content-Security-Policy"))
        );
    }

    private static async Task<IPage> OpenAsync(IBrowserContext window, string fragment = "")
    {
        var page = await window.NewPageAsync();
        await page.GotoAsync("/verify" + fragment);
        return page;
    }

    private static Task ChooseAsync(IPage page, string name, byte[] content) =>
        page.SetInputFilesAsync(
            "#files",
            new FilePayload
            {
                Name = name,
                MimeType = "application/octet-stream",
                Buffer = content,
            }
        );

    private static Task VerdictAsync(IPage page, string text) =>
        Assertions.Expect(page.Locator("#verdict")).ToContainTextAsync(text);

    private static Task SaysAsync(IPage page, string text) =>
        Assertions.Expect(page.Locator("#results")).ToContainTextAsync(text);

    private async Task<byte[]> BuildAsync(string email)
    {
        await pages.Server.SignAndConfirmAsync(pages.Slug, CampaignServer.Signature(email, country: "GB"));
        var answer = await CampaignServer.Expect(
            202,
            await pages.Staff.PostAsJsonAsync(
                $"/api/staff/campaigns/{pages.Slug}/packets",
                new
                {
                    recipient = "ministry",
                    countries = (string[])["GB"],
                    disclosure = "name",
                }
            )
        );
        var address = answer.Headers.Location!.ToString();
        await CampaignServer.UntilAsync(
            async () => (string?)(await (await pages.Staff.GetAsync(address)).BodyAsync())["status"] == "ready",
            "the packet is not ready"
        );
        return await pages.Staff.GetByteArrayAsync(address + "/file");
    }

    private static byte[] Read(byte[] zip, string name)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        using var entry = archive.GetEntry(name)!.Open();
        using var content = new MemoryStream();
        entry.CopyTo(content);
        return content.ToArray();
    }

    // The same ZIP with one file replaced, added, or left out.
    private static byte[] Change(byte[] zip, string name, byte[]? content)
    {
        var changed = new MemoryStream();
        changed.Write(zip);
        using (var archive = new ZipArchive(changed, ZipArchiveMode.Update, leaveOpen: true))
        {
            archive.GetEntry(name)?.Delete();
            if (content is not null)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        return changed.ToArray();
    }
}
