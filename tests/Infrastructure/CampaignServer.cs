using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Api;
using Campaigns.Db;
using Campaigns.Db.Staff;
using Campaigns.Worker;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// The real server on a port of its own with a data folder of its own: Kestrel, a database, the
/// worker, letters in a folder. Disposing stops it and deletes the folder unless the folder was
/// passed in.
/// </summary>
public sealed class CampaignServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly bool _ownsFolder;

    private CampaignServer(WebApplication app, string folder, bool ownsFolder, MachineClock clock)
    {
        _app = app;
        Folder = folder;
        _ownsFolder = ownsFolder;
        Clock = clock;
        var address = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.First();
        Url = new Uri(address);
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = Url,
        };
    }

    public Uri Url { get; }

    public HttpClient Http { get; }

    public string Folder { get; }

    public MachineClock Clock { get; }

    public IServiceProvider Services => _app.Services;

    public TestMailbox Mail => new(Path.Combine(Folder, "mail"));

    /// <summary>
    /// Starts on a new folder, or on one that an earlier server left. Settings are as on the
    /// command line. Advancing the clock simulates elapsed time.
    /// </summary>
    public static Task<CampaignServer> StartAsync(string? folder = null, params string[] settings)
    {
        var clock = MachineClock.Running();
        return StartAsync(
            folder,
            clock,
            services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock)),
            settings
        );
    }

    /// <summary>
    /// Starts on a machine with that clock, which a test may let jump. <paramref name="change"/>
    /// replaces services.
    /// </summary>
    public static Task<CampaignServer> StartOnAsync(
        MachineClock machine,
        string? folder = null,
        Action<IServiceCollection>? change = null,
        params string[] settings
    ) =>
        StartAsync(
            folder,
            machine,
            services =>
            {
                services.Replace(ServiceDescriptor.Singleton(new JumpResistantClock(machine)));
                change?.Invoke(services);
            },
            settings
        );

    private static async Task<CampaignServer> StartAsync(
        string? folder,
        MachineClock clock,
        Action<IServiceCollection> change,
        string[] settings
    )
    {
        var data = folder ?? Directory.CreateTempSubdirectory("campaign-").FullName;
        string[] args =
        [
            "--urls",
            "http://127.0.0.1:0",
            $"--Data:Directory={data}",
            $"--Keys:Directory={Path.Combine(data, "keys")}",
            "--Mail:Transport=folder",
            "--Ledger:MinBatch=1",
            "--Ledger:SensitiveMaxDelay=00:00:01",
            // Tests of the limits set their own.
            "--Packets:MostWaitingPerMember=1000",
            "--Packets:MostWaitingPerCampaign=1000",
            "--Limits:LettersPerMailboxPerHour=100",
            "--Limits:LettersPerMailboxPerDay=100",
            "--Limits:LettersPerMailDomainPerHour=100000",
            "--Logging:LogLevel:Default=Warning",
            .. DatabaseUnderTest.Arguments(data),
            .. settings,
        ];
        var app = CampaignApp.Build(args, builder =>
        {
            change(builder.Services);
            builder.Logging.AddProvider(new LogFile(Path.Combine(data, "test.log")));
        });
        try
        {
            await app.StartAsync();
            return new CampaignServer(app, data, folder is null, clock);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client with the token of a staff member.</summary>
    public async Task<HttpClient> StaffAsync(string role = Role.Administrator, params string[] countries)
    {
        var token = await Services.GetRequiredService<StaffStore>().AddAsync("Test", role, countries, Actor.Operator);
        return WithBearer(token);
    }

    /// <summary>A client with a bearer token.</summary>
    public HttpClient WithBearer(string token)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = Url,
        };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>
    /// Opens a campaign made from the example, without its dates of 2019 and not sensitive.
    /// <paramref name="change"/> edits the body before it is sent.
    /// </summary>
    public async Task<string> OpenCampaignAsync(string slug = "chechnya-2019", Action<JsonObject>? change = null)
    {
        var body = Example.Campaign();
        body["slug"] = slug;
        body["opensAt"] = null;
        body["closesAt"] = null;
        body["handOverOn"] = null;
        body["sensitive"] = false;
        change?.Invoke(body);
        // A campaign that promises an erasure opens only with a date.
        if (body["closesAt"] is null && body["handOverOn"] is null)
            body["eraseAfterDays"] = null;
        using var staff = await StaffAsync();
        await Expect(201, await staff.PostAsJsonAsync("/api/staff/campaigns", body));
        await Expect(204, await staff.PostAsync($"/api/staff/campaigns/{slug}/open", null));
        return slug;
    }

    /// <summary>The body of a valid signature.</summary>
    public static JsonObject Signature(
        string email,
        string name = "Kari Nordmann",
        string country = "NO",
        string disclosure = "name",
        string locale = "nb"
    ) =>
        new()
        {
            ["name"] = name,
            ["email"] = email,
            ["country"] = country,
            ["locality"] = "Bergen",
            ["locale"] = locale,
            ["disclosure"] = disclosure,
            ["consents"] = new JsonObject { ["sign"] = true, ["updates"] = true },
        };

    public async Task SignAsync(string slug, JsonObject signature) =>
        await Expect(202, await Http.PostAsJsonAsync($"/api/campaigns/{slug}/signatures", signature));

    /// <summary>Signs, waits for the letter, confirms, and returns the manage token.</summary>
    public async Task<string> SignAndConfirmAsync(string slug, JsonObject signature)
    {
        await SignAsync(slug, signature);
        var letter = await Mail.WaitForAsync(signature["email"]!.GetValue<string>(), "/confirm/");
        return await ConfirmAsync(letter.Token("/confirm/"));
    }

    public async Task<string> ConfirmAsync(string token)
    {
        var answer = await Http.PostAsJsonAsync("/api/confirmations", new { token });
        await Expect(200, answer);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["manageToken"]!.GetValue<string>();
    }

    /// <summary>Queries the database for what no endpoint shows.</summary>
    public T Query<T>(string sql, object? parameters = null)
    {
        using var connection = Services.GetRequiredService<Database>().Read();
        return connection.QuerySingle<T>(sql, parameters);
    }

    /// <summary>Changes the database directly, to test how the product reacts.</summary>
    public Task<int> WriteAsync(string sql, object? parameters = null) =>
        Services.GetRequiredService<Database>().Writes.RunAsync(write => write.Connection.Execute(sql, parameters));

    /// <summary>Runs a scheduled job now.</summary>
    public Task RunAsync<TJob>()
        where TJob : IScheduledJob =>
        ActivatorUtilities.GetServiceOrCreateInstance<TJob>(Services).RunAsync(CancellationToken.None);

    /// <summary>Waits until no letter is queued.</summary>
    public Task WaitForMailAsync() =>
        UntilAsync(
            () => Query<long>("SELECT count(*) FROM letters WHERE state = 'queued'") == 0,
            "letters are still queued"
        );

    public async Task<JsonObject> GetJsonAsync(string path) => (await Http.GetFromJsonAsync<JsonObject>(path))!;

    /// <summary>Fails with the response body when the status differs.</summary>
    public static async Task<HttpResponseMessage> Expect(int status, HttpResponseMessage answer)
    {
        if ((int)answer.StatusCode != status)
            Assert.Fail($"Expected {status}, got {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        return answer;
    }

    /// <summary>Waits until a synchronous condition is true.</summary>
    public static Task UntilAsync(Func<bool> isTrue, string what, int seconds = 60) =>
        UntilAsync(() => Task.FromResult(isTrue()), what, seconds);

    /// <summary>
    /// Waits until a condition is true, with a message that is built when it fails.
    /// </summary>
    public static Task UntilAsync(Func<bool> isTrue, Func<string> describe, int seconds) =>
        UntilAsync(() => Task.FromResult(isTrue()), describe, seconds);

    /// <summary>
    /// Waits until a condition is true. The time limit is generous for slow machines.
    /// </summary>
    public static Task UntilAsync(Func<Task<bool>> isTrue, string what, int seconds = 60) =>
        UntilAsync(isTrue, () => what, seconds);

    /// <inheritdoc cref="UntilAsync(Func{bool}, Func{string}, int)"/>
    public static async Task UntilAsync(Func<Task<bool>> isTrue, Func<string> describe, int seconds)
    {
        var deadline = Environment.TickCount64 + (seconds * 1000L);
        while (!await isTrue())
        {
            if (Environment.TickCount64 > deadline)
                Assert.Fail($"Waited {seconds} s: {describe()}");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_ownsFolder)
            Directory.Delete(Folder, recursive: true);
    }
}
