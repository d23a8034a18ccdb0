using System.Net.Http.Json;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Staff;

public sealed class MailDomainEndpointTests : IAsyncLifetime
{
    private CampaignServer _server = null!;
    private string _slug = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync(null, "--Limits:LettersPerMailDomainPerHour=1");
        _slug = await _server.OpenCampaignAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Campaigner_lists_domains_that_wait_and_marks_one_as_genuine()
    {
        var seen = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            var answer = await _server.Http.PostAsJsonAsync(
                $"/api/campaigns/{_slug}/signatures",
                CampaignServer.Signature($"kari{i}@crowd.example")
            );
            seen.Add(await answer.SeenAsync());
        }
        // The answer is the same past the bound.
        Assert.Single(seen.Distinct());
        using var campaigner = await _server.StaffAsync("campaigner");
        await CampaignServer.UntilAsync(
            () => _server.Query<long>("SELECT count(*) FROM letters WHERE turn_at IS NOT NULL") == 6,
            "the letters do not wait"
        );
        var row = Assert.Single(await campaigner.ListAsync("/api/staff/mail-domains"))!;
        Assert.Equal(("crowd.example", 6), ((string?)row["domain"], (long?)row["waiting"]));
        Assert.NotNull((string?)row["since"]);

        await CampaignServer.Expect(
            204,
            await campaigner.PostAsJsonAsync(
                "/api/staff/mail-domains/genuine",
                new { domain = "Crowd.Example", reason = "A university." }
            )
        );
        await _server.WaitForMailAsync();
        Assert.Equal(
            1,
            _server.Query<long>(
                """
                SELECT count(*) FROM audit WHERE action = 'mail-domain.genuine' AND subject = 'crowd.example'
                    AND detail = 'A university.' AND staff_id IS NOT NULL
                """
            )
        );
        var marked = Assert.Single(await campaigner.ListAsync("/api/staff/mail-domains"))!;
        Assert.Equal(0, (long?)marked["waiting"]);
        Assert.NotNull((string?)marked["genuineUntil"]);
    }

    [Fact]
    public async Task Few_waiting_letters_are_not_counted()
    {
        for (var i = 0; i < 3; i++)
            await _server.SignAsync(_slug, CampaignServer.Signature($"kari{i}@crowd.example"));
        await CampaignServer.UntilAsync(
            () => _server.Query<long>("SELECT count(*) FROM letters WHERE turn_at IS NOT NULL") == 2,
            "the letters do not wait"
        );
        using var campaigner = await _server.StaffAsync("campaigner");
        var row = Assert.Single(await campaigner.ListAsync("/api/staff/mail-domains"))!;
        Assert.Null((long?)row["waiting"]);
        Assert.True((bool)row["few"]!);
    }

    [Fact]
    public async Task Mark_names_the_field_that_is_wrong()
    {
        using var campaigner = await _server.StaffAsync("campaigner");
        foreach (var domain in (string?[])[null, "", "kari@crowd.example", "localhost", "crowd example"])
            await (
                await campaigner.PostAsJsonAsync("/api/staff/mail-domains/genuine", new { domain, reason = "x" })
            ).RefusesFieldsAsync("domain");
        await (
            await campaigner.PostAsJsonAsync("/api/staff/mail-domains/genuine", new { domain = "crowd.example" })
        ).RefusesFieldsAsync("reason");
        Assert.Equal(0, _server.Query<long>("SELECT count(*) FROM genuine_mail_domains"));
    }
}
