using System.IO.Compression;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.EndToEnd;

/// <summary>
/// The product used from outside as its users do: 240 people in four countries, one of them
/// unlisted.
/// </summary>
public sealed class EndToEndTests : IAsyncLifetime, IDisposable
{
    private const string Slug = "chechnya-2019";

    private static readonly string[] _names =
    [
        "Kari Nordmann",
        "Łukasz Żółć",
        "Анна Каренина",
        "Ελένη Παπαδοπούλου",
        "Zoë van ’t Hoff",
        "Nguyễn Thị Ánh",
        "שרה לוי",
        "فاطمة الزهراء",
        "अनिता शर्मा",
        "王小明",
        "Siân O’Brien",
        "Dvořák Bjørg",
    ];

    private static readonly (string Country, string Locale)[] _homes =
    [
        ("GB", "en"),
        ("NL", "nl"),
        ("NO", "nb"),
        ("SE", "en"),
    ];
    private static readonly string[] _disclosures = ["name", "initials", "count"];

    private readonly string _folder = Directory.CreateTempSubdirectory("main-job-").FullName;
    private CampaignServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync();
        await _server.OpenCampaignAsync(Slug, body =>
        {
            body["recipients"]!
                .AsArray()
                .Add(
                    new JsonObject
                    {
                        ["key"] = "parliament",
                        ["name"] = "A parliament",
                        ["address"] = "Here",
                        ["countries"] = null,
                        ["risk"] = "low",
                        ["maxDisclosure"] = "name",
                    }
                );
        });
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Signature_is_confirmed_counted_sealed_packed_and_withdrawn()
    {
        var people = Enumerable.Range(0, 240).Select(Person).ToList();
        await Parallel.ForEachAsync(people, async (person, _) => await _server.SignAsync(Slug, person.Body));
        await CampaignServer.UntilAsync(() => _server.Mail.All().Count == 240, "240 letters");
        var letters = _server.Mail.All().ToDictionary(letter => letter.To);
        var tokens = new Dictionary<string, string>();
        foreach (var person in people)
        {
            var link = letters[person.Email].Token("/confirm/");
            using var opened = await _server.Http.GetAsync($"/confirm/{link}");
            using var headRequest = await _server.Http.SendAsync(
                new HttpRequestMessage(HttpMethod.Head, $"/confirm/{link}")
            );
        }
        Assert.Equal(0, (await Counts())["confirmed"]!.GetValue<int>());
        foreach (var person in people)
            tokens[person.Email] = await _server.ConfirmAsync(letters[person.Email].Token("/confirm/"));

        await CampaignServer.UntilAsync(
            async () => (await Counts())["sealed"]!["confirmed"]!.GetValue<int>() == 240,
            "the ledger is not sealed"
        );
        var counts = await Counts();
        Assert.Equal(240, counts["confirmed"]!.GetValue<int>());
        Assert.Equal(
            ["GB 60", "NL 60", "NO 60", "ZZ 60"],
            counts["countries"]!.AsArray().Select(country => $"{country!["country"]} {country["confirmed"]}")
        );
        using (var mine = _server.WithBearer(tokens[people[0].Email]))
            await File.WriteAllTextAsync(At("receipt.json"), await mine.GetStringAsync("/api/my/signature/receipt"));
        Assert.Equal(
            (0, ""),
            Failing(
                await PythonChecker.RunAsync(
                    "check_ledger.py",
                    _server.Url.ToString(),
                    Slug,
                    "--receipt",
                    At("receipt.json")
                )
            )
        );

        using var staff = await _server.StaffAsync();
        var address = await BuildAsync(
            staff,
            new JsonObject
            {
                ["recipient"] = "parliament",
                ["disclosure"] = "name",
                ["locale"] = "en",
                ["include"] = new JsonArray("csv"),
            }
        );
        await CheckPacketAsync(staff, address, people);

        // A signer printed by name lowers the disclosure to a number: the packet is withdrawn, and its successor
        // does not name them.
        var lowered = people.First(person => person.Disclosure == "name");
        using (var mine = _server.WithBearer(tokens[lowered.Email]))
            await CampaignServer.Expect(
                200,
                await mine.PatchAsJsonAsync("/api/my/signature", new { disclosure = "count" })
            );
        Assert.Equal("stale", (await staff.GetFromJsonAsync<JsonObject>(address))!["status"]!.GetValue<string>());
        await CampaignServer.Expect(410, await staff.GetAsync(address + "/file"));
        await CampaignServer.Expect(202, await staff.PostAsync(address + "/rebuild", null));
        await ReadyAsync(staff, address);
        await CheckPacketAsync(
            staff,
            address,
            [.. people.Select(person => person == lowered ? person with { Disclosure = "count" } : person)]
        );
    }

    private static Signer Person(int index)
    {
        var (country, locale) = _homes[index % 4];
        var name = $"{_names[index % _names.Length]} {Word(index)}";
        var disclosure = _disclosures[index / 4 % 3];
        var email = $"person{index}@example.org";
        return new Signer(name, email, disclosure, CampaignServer.Signature(email, name, country, disclosure, locale));
    }

    // A last name made of letters that no other name has, so that the test can search for each.
    private static string Word(int index) => $"Qx{(char)('a' + index / 26)}{(char)('a' + index % 26)}z";

    private async Task CheckPacketAsync(HttpClient staff, string address, IReadOnlyList<Signer> people)
    {
        await File.WriteAllBytesAsync(At("packet.zip"), await staff.GetByteArrayAsync(address + "/file"));
        await File.WriteAllTextAsync(At("keys.json"), await _server.Http.GetStringAsync("/api/keys"));
        await File.WriteAllTextAsync(
            At("ledger.ndjson"),
            await _server.Http.GetStringAsync($"/api/campaigns/{Slug}/ledger")
        );
        Assert.Equal(
            (0, "All is true.\n"),
            await PythonChecker.RunAsync(
                "check_packet.py",
                At("packet.zip"),
                "--keys",
                At("keys.json"),
                "--ledger",
                At("ledger.ndjson")
            )
        );

        var text = new StringBuilder();
        using (var zip = ZipFile.OpenRead(At("packet.zip")))
        {
            foreach (var entry in zip.Entries)
            {
                entry.ExtractToFile(At(entry.Name), overwrite: true);
                text.AppendLine(
                    entry.Name.EndsWith(".pdf", StringComparison.Ordinal)
                        ? Pdf.Text(await File.ReadAllBytesAsync(At(entry.Name)))
                        : await File.ReadAllTextAsync(At(entry.Name))
                );
            }
        }
        var printed = text.ToString();
        foreach (var (person, index) in people.Select((person, index) => (person, index)))
        {
            // Named signers are printed once in a volume and once in the table; others nowhere.
            var times = printed.Split(Word(index)).Length - 1;
            Assert.True(
                times == (person.Disclosure == "name" ? 2 : 0),
                $"Signer {index} with {person.Disclosure} is printed {times} times."
            );
            Assert.DoesNotContain(person.Email, printed, StringComparison.Ordinal);
        }
    }

    private static async Task<string> BuildAsync(HttpClient staff, JsonObject order)
    {
        var answer = await CampaignServer.Expect(
            202,
            await staff.PostAsJsonAsync($"/api/staff/campaigns/{Slug}/packets", order)
        );
        var address = answer.Headers.Location!.ToString();
        await ReadyAsync(staff, address);
        return address;
    }

    private static Task ReadyAsync(HttpClient staff, string address) =>
        CampaignServer.UntilAsync(
            async () => (await staff.GetFromJsonAsync<JsonObject>(address))!["status"]!.GetValue<string>() == "ready",
            "a packet"
        );

    private Task<JsonObject> Counts() => _server.GetJsonAsync($"/api/campaigns/{Slug}/counts");

    // Keeps the checker's output only when it failed.
    private static (int Code, string Output) Failing((int Code, string Output) result) =>
        result.Code == 0 ? (0, "") : result;

    private string At(string name) => Path.Combine(_folder, name);

    private sealed record Signer(string Name, string Email, string Disclosure, JsonObject Body);
}
