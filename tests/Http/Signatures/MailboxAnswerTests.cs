using System.Net.Http.Json;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Signatures;

public sealed class MailboxAnswerTests
{
    [Theory]
    [InlineData("signatures")]
    [InlineData("manage-link")]
    public async Task Answer_is_the_same_below_and_past_every_bound_of_a_mailbox(string path)
    {
        await using var server = await CampaignServer.StartAsync(
            null,
            "--Limits:LettersPerMailboxPerHour=3",
            "--Limits:LettersPerMailboxPerDay=10"
        );
        var slug = await server.OpenCampaignAsync();
        if (path == "manage-link")
            await server.SignAndConfirmAsync(slug, CampaignServer.Signature("box@example.org"));
        var seen = new List<string>();
        for (var tag = 0; tag < 8; tag++)
        {
            var address = path == "signatures" ? $"box+{tag}@example.org" : "box@example.org";
            var answer = await server.Http.PostAsJsonAsync(
                $"/api/campaigns/{slug}/{path}",
                CampaignServer.Signature(address)
            );
            seen.Add(await answer.SeenAsync());
        }
        Assert.StartsWith("202", seen[0], StringComparison.Ordinal);
        Assert.Single(seen.Distinct());
        Assert.Equal(
            path == "signatures" ? 3 : 4,
            server.Query<long>("SELECT count(*) FROM letters")
        );
        Assert.Equal(
            path == "signatures" ? 3 : 0,
            server.Query<long>("SELECT count(*) FROM signatures WHERE hold_reason = 'alike'")
        );
    }
}
