using System.Data.Common;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db;
using Campaigns.Db.Keys;
using Campaigns.Db.Schema;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Subscribers;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Campaigns.Tests.PostgresMigration;

/// <summary>
/// A campaign with signatures in every state, migrated while its server runs. The PostgreSQL side
/// serves; the responses of the SQLite side before and after are recorded.
/// </summary>
public sealed class MigratedCampaign : IAsyncLifetime
{
    private static readonly string[] _staying = ["migrations", "writers", "fence"];

    private MigrationPair _pair = null!;

    /// <summary>The server on PostgreSQL.</summary>
    public CampaignServer Server { get; private set; } = null!;

    /// <summary>Manage links from before the migration, by address.</summary>
    public Dictionary<string, string> Mine { get; } = [];

    /// <summary>The confirm link of a pending signature.</summary>
    public string PendingLink { get; private set; } = null!;

    public string StaffToken { get; private set; } = null!;

    public string PacketAddress { get; private set; } = null!;

    public byte[] Packet { get; private set; } = null!;

    /// <summary>
    /// Addresses that cover the whole campaign, with their responses before the migration.
    /// </summary>
    public Dictionary<string, string> Before { get; } = [];

    /// <summary>
    /// Responses of the SQLite server after the migration: to a signing, to readiness and to a
    /// read.
    /// </summary>
    public (HttpResponseMessage Signing, HttpResponseMessage Ready, HttpResponseMessage Counts) After
    {
        get;
        private set;
    }

    public (int Code, string Output, string Errors) Said { get; private set; }

    /// <summary>The error of a later start on SQLite.</summary>
    public string Refused { get; private set; } = "";

    /// <summary>
    /// Every row of every table on both sides, read before the PostgreSQL side changed anything.
    /// </summary>
    public Dictionary<string, (List<string> Old, List<string> New)> Rows { get; } = [];

    public long NewestOldId { get; private set; }

    public static string Path(string rest) => $"/api/campaigns/{MigrationPair.Slug}{rest}";

    public T Query<T>(string sql) => _pair.QueryNew<T>(sql);

    public async Task InitializeAsync()
    {
        _pair = MigrationPair.Make();
        await using (var old = await CampaignServer.StartAsync(_pair.Folder, _pair.Old))
        {
            await PeopleAsync(old);
            await PacketAsync(old);
            foreach (var path in (string[])["/ledger/head", "/ledger", "/ledger/entries/3/proof?size=8"])
                Before[Path(path)] = await old.Http.GetStringAsync(Path(path));
            Before["/api/keys"] = await old.Http.GetStringAsync("/api/keys");
            Before["counts"] = Countries(await old.GetJsonAsync(Path("/counts")));
            Said = await _pair.RunMoveAsync();
            Assert.True(Said.Code == 0, Said.Errors);
            After = (
                await old.Http.PostAsJsonAsync(Path("/signatures"), CampaignServer.Signature("late@example.org")),
                await old.Http.GetAsync("/healthz/ready"),
                await old.Http.GetAsync(Path("/counts"))
            );
        }
        Refused = (
            await Assert.ThrowsAsync<Db.StartRefusedException>(() => CampaignServer.StartAsync(_pair.Folder, _pair.Old))
        ).Message;
        ReadRows();
        Server = await CampaignServer.StartAsync(_pair.Folder);
    }

    public async Task DisposeAsync()
    {
        if (Server is not null)
            await Server.DisposeAsync();
        await _pair.DisposeAsync();
    }

    /// <summary>The countries of public counts, without the timestamp.</summary>
    public static string Countries(JsonObject counts) => counts["countries"]!.ToJsonString();

    private async Task PeopleAsync(CampaignServer old)
    {
        StaffToken = await old
            .Services.GetRequiredService<StaffStore>()
            .AddAsync("Anne", Role.Administrator, [], Actor.Operator);
        await old.OpenCampaignAsync(MigrationPair.Slug, body => body["recipients"] = new JsonArray(
                new JsonObject
                {
                    ["key"] = "embassy",
                    ["name"] = "Embassy",
                    ["address"] = "London",
                    ["countries"] = null,
                    ["risk"] = "low",
                    ["maxDisclosure"] = "name",
                }
            ));
        foreach (var name in (string[])["kari", "withdrawn", "erased", "invalid"])
            await ConfirmAsync(old, name);
        foreach (var kind in (string[])[KeyFiles.Root, KeyFiles.Token, KeyFiles.Signing])
            await old.Services.GetRequiredService<KeyStore>().RotateAsync(kind, Actor.Operator);
        await ConfirmAsync(old, "after");
        foreach (var name in (string[])["pending", "stranger"])
            await old.SignAsync(MigrationPair.Slug, CampaignServer.Signature($"{name}@example.org", country: "NL"));
        PendingLink = (await old.Mail.WaitForAsync("pending@example.org", "/confirm/")).Token("/confirm/");
        await old.Http.NotMeAsync((await old.Mail.WaitForAsync("stranger@example.org", "/not-me/")).Token("/not-me/"));
        // A signer who withdraws before sealing has no ledger line.
        await SealedAsync(old);
        using (var withdrawn = old.WithBearer(Mine["withdrawn"]))
            await CampaignServer.Expect(204, await withdrawn.PostAsync("/api/my/signature/withdraw", null));
        using (var erased = old.WithBearer(Mine["erased"]))
            await CampaignServer.Expect(204, await erased.DeleteAsync("/api/my/signature"));
        using var staff = old.WithBearer(StaffToken);
        var invalid = old.Query<long>("SELECT id FROM signatures WHERE country = 'SE'");
        await CampaignServer.Expect(
            204,
            await staff.PostAsJsonAsync(
                $"/api/staff/campaigns/{MigrationPair.Slug}/signatures/{invalid}/invalidate",
                new { reason = "error" }
            )
        );
        await old.SignAsync(MigrationPair.Slug, CampaignServer.Signature("eighth+tag@example.org"));
        // A mailbox has a row from its second letter.
        await old.SignAsync(MigrationPair.Slug, CampaignServer.Signature("eighth+tag@example.org"));
        await SubscribeAsync(old);
        // Over the limit in any hour.
        old.Services.GetRequiredService<IOptions<LimitOptions>>().Value.HoldAfterPerNetworkPerHour = 0;
        await old.SignAsync(MigrationPair.Slug, CampaignServer.Signature("held@example.org"));
        await old.WaitForMailAsync();
        // A letter that the SQLite side has leased.
        await old.WriteAsync(
            """
            UPDATE letters SET state = 'queued', due_at = 99999999999999, lease_until = 99999999999999,
                lease_owner = 'old'
            WHERE id = (SELECT max(id) FROM letters)
            """
        );
        await SealedAsync(old);
        Assert.Equal(8, old.Query<long>("SELECT count(*) FROM ledger_entries"));
        Assert.Equal(1, old.Query<long>("SELECT count(*) FROM signatures WHERE hold_reason IS NOT NULL"));
    }

    private static async Task SubscribeAsync(CampaignServer old)
    {
        foreach (var name in (string[])["follows", "asks"])
            await CampaignServer.Expect(
                202,
                await old.Http.PostAsJsonAsync(
                    Path("/subscriptions"),
                    new
                    {
                        email = $"{name}@example.org",
                        locale = "en",
                        country = "NO",
                        consent = true,
                    }
                )
            );
        var letter = await old.Mail.WaitForAsync("follows@example.org", "/subscribe/");
        await CampaignServer.Expect(200, await old.Http.PostAsync("/subscribe/" + letter.Token("/subscribe/"), null));
        // Of the signers who want updates.
        await old.RunAsync<SubscribeSignersJob>();
    }

    private static Task SealedAsync(CampaignServer old) =>
        CampaignServer.UntilAsync(
            () =>
                Task.FromResult(
                    old.Query<long>("SELECT count(*) FROM ledger_queue")
                        + old.Query<long>("SELECT count(*) FROM ledger_heads WHERE journaled = 0")
                        == 0
                ),
            "not all are sealed"
        );

    private async Task ConfirmAsync(CampaignServer old, string name) =>
        Mine[name] = await old.SignAndConfirmAsync(
            MigrationPair.Slug,
            CampaignServer.Signature($"{name}@example.org", country: name == "invalid" ? "SE" : "NO")
        );

    private async Task PacketAsync(CampaignServer old)
    {
        using var staff = old.WithBearer(StaffToken);
        var answer = await CampaignServer.Expect(
            202,
            await staff.PostAsJsonAsync(
                $"/api/staff/campaigns/{MigrationPair.Slug}/packets",
                new
                {
                    recipient = "embassy",
                    disclosure = "name",
                    locale = "en",
                }
            )
        );
        PacketAddress = answer.Headers.Location!.ToString();
        await CampaignServer.UntilAsync(
            async () => (string)(await staff.GetFromJsonAsync<JsonObject>(PacketAddress))!["status"]! == "ready",
            "the packet is not built"
        );
        Packet = await staff.GetByteArrayAsync($"{PacketAddress}/file");
    }

    // Read directly, by the list of columns that another test compares with the schema.
    private void ReadRows()
    {
        using var from = _pair.OpenOld();
        using var to = _pair.OpenNew();
        foreach (
            var columns in Classification
                .Columns.Keys.GroupBy(column => column.Table, column => column.Column)
                .Where(table => !_staying.Contains(table.Key))
        )
        {
            string[] lasting =
            [
                .. columns
                    .Where(column => column is not ("lease_until" or "lease_owner"))
                    .Order(StringComparer.Ordinal),
            ];
            var select = $"SELECT {string.Join(", ", lasting)} FROM {columns.Key}";
            Rows[columns.Key] = (Read(from, select), Read(to, select));
        }
        NewestOldId = from.QuerySingle<long>(
            """
            SELECT max(id) FROM (
                SELECT max(id) AS id FROM letters
                UNION ALL SELECT max(id) FROM audit
                UNION ALL SELECT max(id) FROM signatures
            ) AS ids
            """
        );
    }

    private static List<string> Read(DbConnection connection, string select) =>
        [
            .. connection
                .Query(select)
                .Select(row => string.Join('|', ((IDictionary<string, object?>)row).Select(pair => Text(pair.Value))))
                .Order(StringComparer.Ordinal),
        ];

    private static string Text(object? value) =>
        value switch
        {
            null => "null",
            byte[] bytes => Convert.ToHexString(bytes),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
}
