using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Counts;

namespace Campaigns.Tests.Http.Counts;

/// <summary>Trend, funnel and figures for staff.</summary>
public sealed class TrendTests : IAsyncLifetime
{
    private CampaignServer _server = null!;
    private string _slug = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync(
            null,
            "--Ledger:MinBatch=1000",
            "--Ledger:SensitiveMaxDelay=1.00:00:00"
        );
        _slug = await _server.OpenCampaignAsync("trend", body => body["sensitive"] = false);
        await NextHourAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Trend_counts_who_signed_and_who_confirmed_by_hour_and_day()
    {
        using var staff = await _server.StaffAsync("campaigner");
        await SignAsync("NO", 3);
        await ConfirmAsync("GB", "one@example.org");
        await NextHourAsync();
        await ConfirmAsync("GB", "two@example.org");

        var hours = await GetAsync(staff, "trend?by=hour");
        Assert.Equal([(4, 1), (1, 1)], Points(hours).TakeLast(2));
        var days = await GetAsync(staff, "trend");
        Assert.Equal("day", (string?)days["by"]);
        Assert.Equal((5, 2), (Points(days).Sum(point => point.Signed), Points(days).Sum(point => point.Confirmed)));
        Assert.Equal([(2, 2)], Points(await GetAsync(staff, "trend?by=week&country=GB")));
        Assert.Equal((2, 0, null), Compared(days));
        var at = (string)hours["points"]!.AsArray()[^1]!["at"]!;
        Assert.Equal([(1, 1)], Points(await GetAsync(staff, $"trend?by=hour&from={at}")));
        Assert.Equal([(4, 1)], Points(await GetAsync(staff, $"trend?by=hour&to={at}")).TakeLast(1));
        var toToday = await GetAsync(staff, $"trend?to={at[..10]}");
        Assert.Equal(days["points"]!.ToJsonString(), toToday["points"]!.ToJsonString());
    }

    [Theory]
    [InlineData("trend?by=month", "by")]
    [InlineData("trend?by=", "by")]
    [InlineData("trend?country=gb", "country")]
    [InlineData("trend?country=ZZ", "country")]
    [InlineData("trend?country=GB&country=NL", "country")]
    [InlineData("trend?from=yesterday", "from")]
    [InlineData("trend?from=2026-02-30", "from")]
    [InlineData("trend?to=9999-12-31", "to")]
    [InlineData("trend?from=2019-05-17T09:00:00Z&to=2019-05-17", "")]
    [InlineData("trend?from=2019-05-18&to=2019-05-17", "to")]
    [InlineData("trend?from=9000-01-01", "from")]
    [InlineData("trend?from=2001-01-01", "from")]
    [InlineData("trend?by=hour&from=2001-01-01&to=2001-01-02", "to")]
    [InlineData("funnel?by=address", "by")]
    public async Task Bad_parameter_is_named(string path, string field)
    {
        using var staff = await _server.StaffAsync("campaigner");
        var answer = await staff.GetAsync($"/api/staff/campaigns/{_slug}/{path}");
        if (field.Length == 0)
            await CampaignServer.Expect(200, answer);
        else
            await answer.RefusesFieldsAsync(field);
    }

    [Fact]
    public async Task Organiser_sees_the_numbers_of_their_countries_only()
    {
        await SignAsync("NO", 6);
        await SignAsync("GB", 7);
        await ConfirmAsync("NL", "kari@example.org");
        await NextHourAsync();
        using var organiser = await _server.StaffAsync("organiser", "GB", "NL");
        Assert.Equal((8, 1), Points(await GetAsync(organiser, "trend?by=week"))[^1]);
        Assert.Equal((7, 0), Points(await GetAsync(organiser, "trend?by=week&country=GB"))[^1]);
        await (await organiser.GetAsync($"/api/staff/campaigns/{_slug}/trend?country=NO")).ProblemAsync(
            404,
            "not-found"
        );
        await (await organiser.GetAsync($"/api/staff/campaigns/{_slug}/funnel?by=provider")).ProblemAsync(
            404,
            "not-found"
        );
        var funnel = await GetAsync(organiser, "funnel");
        Assert.Equal(["GB", "NL"], funnel["items"]!.AsArray().Select(row => (string)row!["country"]!));
        var figures = await GetAsync(organiser, "figures");
        Assert.Equal(["GB", "NL"], figures["countries"]!.AsArray().Select(row => (string)row!["country"]!));
        Assert.Equal(1, (int)figures["total"]!["confirmed"]!);
        Assert.Equal(7, (int)figures["total"]!["pending"]!);
    }

    [Fact]
    public async Task Small_and_fresh_numbers_about_unconfirmed_people_are_hidden_from_auditors()
    {
        using var auditor = await _server.StaffAsync("auditor");
        await SignAsync("NO", 6);
        Assert.Equal([(null, 0)], Points(await GetAsync(auditor, "trend?by=week")).TakeLast(1));
        Assert.Empty((await GetAsync(auditor, "funnel"))["items"]!.AsArray());
        await NextHourAsync();
        Assert.Equal([(6, 0)], Points(await GetAsync(auditor, "trend?by=week")).TakeLast(1));
        await ConfirmAsync("GB", "kari@gmail.com");
        await NextHourAsync();
        var point = (await GetAsync(auditor, "trend?by=week&country=GB"))["points"]!.AsArray()[^1]!;
        Assert.Equal((true, null, 1), ((bool?)point["few"], (int?)point["signed"], (int)point["confirmed"]!));
        var gmail = Row(await GetAsync(auditor, "funnel?by=provider"), "provider", "gmail");
        Assert.Equal((true, null), ((bool?)gmail["few"], (int?)gmail["confirmed"]));
    }

    [Fact]
    public async Task Funnel_counts_letters_and_confirmations_by_country_and_provider()
    {
        using var staff = await _server.StaffAsync("campaigner");
        await ConfirmAsync("GB", "kari@gmail.com");
        await _server.SignAsync(_slug, CampaignServer.Signature("ola@hotmail.no", country: "NO"));
        await _server.SignAsync(_slug, CampaignServer.Signature("ola@hotmail.no", country: "NO"));
        await _server.SignAsync(_slug, CampaignServer.Signature("eva@example.org", country: "NO"));
        await _server.WaitForMailAsync();
        var countries = await GetAsync(staff, "funnel");
        Assert.Equal((1, 1, 1), Steps(Row(countries, "country", "GB")));
        Assert.Equal((2, 2, 0), Steps(Row(countries, "country", "NO")));
        Assert.False(Row(countries, "country", "NO").ContainsKey("provider"));
        var providers = await GetAsync(staff, "funnel?by=provider");
        Assert.Equal((1, 1, 1), Steps(Row(providers, "provider", "gmail")));
        Assert.Equal((1, 1, 0), Steps(Row(providers, "provider", "outlook")));
        Assert.Equal((1, 1, 0), Steps(Row(providers, "provider", "other")));
        Assert.Equal(3, providers["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task Confirmed_signatures_of_a_sensitive_campaign_follow_the_seal()
    {
        var slug = await _server.OpenCampaignAsync("sensitive", body => body["sensitive"] = true);
        using var staff = await _server.StaffAsync();
        for (var n = 0; n < 6; n++)
            await ConfirmAsync("GB", $"person{n}@example.org", slug);
        await NextHourAsync();
        var pressed = Row(await GetAsync(staff, "funnel", slug), "country", "GB");
        Assert.Equal((6, null), ((int?)pressed["signed"], (int?)pressed["confirmed"]));
        Assert.Equal((6, 0), Points(await GetAsync(staff, "trend?by=week", slug))[^1]);
        var figures = (await GetAsync(staff, "figures", slug))["total"]!;
        Assert.Equal((0, 0), ((int)figures["confirmed"]!, (int)figures["today"]!));

        _server.Clock.Advance(TimeSpan.FromDays(1));
        await CampaignServer.UntilAsync(
            () => _server.Query<long>("SELECT count(*) FROM ledger_heads WHERE size > 0 AND journaled = 1") == 1,
            "the ledger is not sealed"
        );
        await NextHourAsync();
        var sealedPoints = Points(await GetAsync(staff, "trend?by=day", slug));
        Assert.Equal((0, 6), (sealedPoints[0].Confirmed, sealedPoints.Sum(point => point.Confirmed)));
        Assert.Equal(6, Points(await GetAsync(staff, "trend?country=GB", slug)).Sum(point => point.Confirmed));
        Assert.Equal(0, Points(await GetAsync(staff, "trend?country=NO", slug)).Sum(point => point.Confirmed));
        Assert.Equal(6, (int)(await GetAsync(staff, "figures", slug))["total"]!["confirmed"]!);
        Assert.Equal(6, (int)Row(await GetAsync(staff, "funnel", slug), "country", "GB")["confirmed"]!);
    }

    [Fact]
    public async Task Figures_forecast_the_day_of_the_goal()
    {
        using var staff = await _server.StaffAsync("campaigner");
        for (var n = 0; n < 7; n++)
            await ConfirmAsync("GB", $"person{n}@example.org");
        var today = await GetAsync(staff, "figures");
        Assert.Equal((7, 0m), ((int)today["total"]!["today"]!, (decimal)today["total"]!["mean"]!));
        Assert.Equal("no-growth", (string?)today["total"]!["forecast"]!["state"]);
        _server.Clock.Advance(TimeSpan.FromDays(1));
        var tomorrow = await GetAsync(staff, "figures");
        var total = tomorrow["total"]!;
        Assert.Equal((0, 1m), ((int)total["today"]!, (decimal)total["mean"]!));
        Assert.Equal(7, (int)total["compared"]!["confirmed"]!);
        // The demonstration campaign misses more than ten years of one a day.
        Assert.Equal("too-far", (string?)total["forecast"]!["state"]);
        Assert.Null((string?)total["forecast"]!["on"]);
        Assert.Equal(7, (int)Row(tomorrow, "country", "GB", "countries")["confirmed"]!);
    }

    private async Task NextHourAsync()
    {
        _server.Clock.AdvanceToNextHour();
        await _server.RunAsync<SnapshotCountsJob>();
    }

    private async Task SignAsync(string country, int people)
    {
        for (var n = 0; n < people; n++)
            await _server.SignAsync(_slug, CampaignServer.Signature($"{country}{n}@example.org", country: country));
    }

    private Task ConfirmAsync(string country, string email, string? slug = null) =>
        _server.SignAndConfirmAsync(slug ?? _slug, CampaignServer.Signature(email, country: country));

    private async Task<JsonObject> GetAsync(HttpClient staff, string path, string? slug = null) =>
        await (
            await CampaignServer.Expect(200, await staff.GetAsync($"/api/staff/campaigns/{slug ?? _slug}/{path}"))
        ).BodyAsync();

    private static List<(int? Signed, int Confirmed)> Points(JsonObject trend) =>
        [.. trend["points"]!.AsArray().Select(point => ((int?)point!["signed"], (int)point["confirmed"]!))];

    private static (int, int, int?) Compared(JsonObject trend) =>
        (
            (int)trend["compared"]!["confirmed"]!,
            (int)trend["compared"]!["before"]!,
            (int?)trend["compared"]!["percent"]
        );

    private static JsonObject Row(JsonObject answer, string field, string key, string list = "items") =>
        answer[list]!.AsArray().Single(row => (string?)row![field] == key)!.AsObject();

    private static (int?, int?, int?) Steps(JsonObject row) =>
        ((int?)row["signed"], (int?)row["letterSent"], (int?)row["confirmed"]);
}
