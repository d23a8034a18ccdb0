using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Files;
using Campaigns.Db.Staff;
using Campaigns.Packets;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Commands;

/// <summary>
/// Runs the main process on the example campaign: demo signers sign over HTTP and confirm by the
/// links in their letters, the worker seals the ledger, and a packet for London is built. Every
/// step goes through the server.
/// </summary>
internal static partial class DemoCommand
{
    private const string Recipient = "embassy-london";
    private const string FirstMember = "demo";
    private const string SecondMember = "demo second";
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(10);

    public static async Task<int> RunAsync(string[] settings, int signatures)
    {
        await using var app = CampaignApp.Build([
            .. settings,
            "--urls=http://127.0.0.1:0",
            "--Mail:Transport=folder",
            "--Limits:Enabled=false",
            "--Ledger:MaxDelay=00:00:02",
            "--Ledger:SensitiveMaxDelay=00:00:02",
            "--Logging:LogLevel:Default=Warning",
            "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Warning",
        ]);
        var root = app.Services.GetRequiredService<InstallationRoot>();
        var data = root.Resolve(app.Services.GetRequiredService<IOptions<DataOptions>>().Value.Directory);
        var staff = app.Services.GetRequiredService<StaffStore>();
        var tokens = app.Services.GetRequiredService<TokenStore>();
        if (
            app.Services.GetRequiredService<CampaignStore>().List().Any(campaign => campaign.Slug != Demonstration.Slug)
        )
        {
            Console.Error.WriteLine(
                "This installation has other campaigns, and the demonstration would write their letters to a folder. "
                    + "Use a separate installation: --Data:Directory=demo --Keys:Directory=demo/keys"
            );
            return 2;
        }
        await app.StartAsync();
        var token = await staff.AddAsync(FirstMember, Role.Administrator, [], Actor.Operator);
        var secondToken = await staff.AddAsync(SecondMember, Role.Campaigner, [], Actor.Operator);
        try
        {
            using var http = Client(app.Urls.First(), token);
            using var second = Client(app.Urls.First(), secondToken);
            await Demonstration.EnsureAsync(http);
            await SignAsync(http, signatures);
            await ConfirmAsync(http, Path.Combine(data, "mail"), signatures);
            await SealAsync(http);
            var packet = await BuildPacketAsync(http, second, data);
            await PrintResultAsync(http, packet);
            return 0;
        }
        finally
        {
            foreach (var used in (string[])[token, secondToken])
                await staff.RevokeAsync(tokens.Find(used)!.Member.Id, Actor.Operator);
            await app.StopAsync();
        }
    }

    private static HttpClient Client(string address, string token) =>
        new()
        {
            BaseAddress = new Uri(address),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };

    private static async Task SignAsync(HttpClient http, int signatures)
    {
        Console.WriteLine($"{Plural.Count(signatures, "person signs", "people sign")} ...");
        var run = RandomNumberGenerator.GetHexString(8, lowercase: true);
        await Parallel.ForEachAsync(
            Enumerable.Range(0, signatures),
            new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (index, cancellation) =>
                await Succeed(
                    await http.PostAsJsonAsync(
                        $"/api/campaigns/{Demonstration.Slug}/signatures",
                        DemoPeople.Signature(index, run),
                        cancellation
                    )
                )
        );
    }

    // Confirms by the links in the letters as they arrive.
    private static async Task ConfirmAsync(HttpClient http, string folder, int signatures)
    {
        Console.WriteLine("They read their letters and confirm ...");
        var read = new HashSet<string>(StringComparer.Ordinal);
        var confirmed = 0;
        await UntilAsync("letters", async () =>
        {
            var letters = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.eml").Where(read.Add).ToList() : [];
            await Parallel.ForEachAsync(
                letters,
                new ParallelOptions { MaxDegreeOfParallelism = 64 },
                async (letter, cancellation) =>
                {
                    var text = (await File.ReadAllTextAsync(letter, cancellation)).Replace(
                        "=\r\n",
                        "",
                        StringComparison.Ordinal
                    );
                    if (ConfirmLink().Match(text) is not { Success: true } link)
                        return;
                    var answer = await http.PostAsJsonAsync(
                        "/api/confirmations",
                        new { token = link.Groups[1].Value },
                        cancellation
                    );
                    // The folder may have letters of an earlier run, whose links are used or expired.
                    if (answer.IsSuccessStatusCode)
                        Interlocked.Increment(ref confirmed);
                }
            );
            return confirmed >= signatures;
        });
    }

    private static async Task SealAsync(HttpClient http)
    {
        Console.WriteLine("The ledger is sealed ...");
        await UntilAsync("the ledger", async () =>
            (await http.GetFromJsonAsync<JsonObject>($"/api/staff/campaigns/{Demonstration.Slug}/counts"))![
                "unsealed"
            ]!.GetValue<long>() == 0
        );
    }

    private static async Task<string> BuildPacketAsync(HttpClient http, HttpClient second, string data)
    {
        Console.WriteLine($"Member \"{FirstMember}\" asks for a packet for London that shows people ...");
        var asked = await Succeed(
            await http.PostAsJsonAsync(
                $"/api/staff/campaigns/{Demonstration.Slug}/packets",
                new
                {
                    recipient = Recipient,
                    disclosure = "name",
                    locale = "en",
                }
            )
        );
        var address = asked.Headers.Location!.ToString();
        // The same order of an earlier run is the packet that was approved then.
        if ((string?)(await asked.Content.ReadFromJsonAsync<JsonObject>())!["status"] == PacketStatus.AwaitingApproval)
        {
            Console.WriteLine(
                "The embassy has high risk, so a second member decides. "
                    + $"Member \"{SecondMember}\" approves the packet ..."
            );
            await Succeed(await second.PostAsync(address + "/approve", null));
        }
        Console.WriteLine("The packet is built ...");
        await UntilAsync("the packet", async () =>
            (await http.GetFromJsonAsync<JsonObject>(address))!["status"]!.GetValue<string>() switch
            {
                "ready" => true,
                "failed" => throw new InvalidOperationException("The packet could not be built; the log says why."),
                _ => false,
            }
        );
        var folder = Path.Combine(data, "demo");
        PrivateFiles.CreateFolder(folder);
        var path = Path.Combine(folder, $"{Demonstration.Slug}-{Recipient}.zip");
        await using (var file = PrivateFiles.Open(path, FileMode.Create, FileAccess.Write))
        await using (var content = await http.GetStreamAsync(address + "/file"))
            await content.CopyToAsync(file);
        await File.WriteAllTextAsync(Path.Combine(folder, "keys.json"), await http.GetStringAsync("/api/keys"));
        await File.WriteAllTextAsync(
            Path.Combine(folder, "ledger.ndjson"),
            await http.GetStringAsync($"/api/campaigns/{Demonstration.Slug}/ledger")
        );
        return path;
    }

    private static async Task PrintResultAsync(HttpClient http, string packet)
    {
        var counts = (await http.GetFromJsonAsync<JsonObject>($"/api/campaigns/{Demonstration.Slug}/counts"))!;
        foreach (var country in counts["countries"]!.AsArray())
            Console.WriteLine($"  {country!["name"],-20} {country["confirmed"],8}");
        Console.WriteLine($"  {"Total",-20} {counts["confirmed"],8}");
        var folder = Path.GetDirectoryName(packet);
        Console.WriteLine($"The packet: {packet}");
        Console.WriteLine(
            $"Check it:   dotnet run --project api -- verify {packet} "
                + $"--keys {folder}/keys.json --ledger {folder}/ledger.ndjson"
        );
        Console.WriteLine(
            $"See it:     dotnet run --project api   and open http://localhost:5080/c/{Demonstration.Slug}"
        );
    }

    private static async Task UntilAsync(string what, Func<Task<bool>> done)
    {
        using var timeout = new CancellationTokenSource(_timeout);
        while (!await done())
        {
            if (timeout.IsCancellationRequested)
                throw new TimeoutException($"Waited too long for {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(200), CancellationToken.None);
        }
    }

    private static async Task<HttpResponseMessage> Succeed(HttpResponseMessage answer) =>
        answer.IsSuccessStatusCode
            ? answer
            : throw new InvalidOperationException(
                $"The server answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}"
            );

    [GeneratedRegex("/confirm/([A-Za-z0-9_-]{48})")]
    private static partial Regex ConfirmLink();
}
