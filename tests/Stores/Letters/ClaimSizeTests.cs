using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Stores.Letters;

public sealed class ClaimSizeTests : IAsyncLifetime
{
    private CapturedLetters _letters = null!;

    public async Task InitializeAsync() => _letters = await CapturedLetters.OpenAsync();

    public async Task DisposeAsync() => await _letters.DisposeAsync();

    // Half a lease is 30 seconds. Before the first measurement a letter is expected to take two of them.
    [Theory]
    [InlineData(0.0, "15 25")]
    [InlineData(1.0, "15 25")]
    [InlineData(2.0, "15 15 10")]
    [InlineData(10.0, "15 3 3 3 3 3 3 3 3 1")]
    [InlineData(45.0, "15 1 1 1")]
    public async Task Claim_is_no_larger_than_a_connection_can_send_in_half_its_lease(double seconds, string expected)
    {
        for (var i = 0; i < 40; i++)
            await _letters.Campaign.SignAsync($"kari{i}@example.org");
        var server = new SlowMailServer(_letters.Campaign.Clock, TimeSpan.FromSeconds(seconds));
        _letters.MailServer = server;
        var wanted = expected.Split(' ').Select(int.Parse).ToList();
        while (server.Claims.Count < wanted.Count)
            await _letters.SendAsync();
        Assert.Equal(wanted, server.Claims.Take(wanted.Count));
    }

    [Fact]
    public async Task Outage_does_not_change_the_claims()
    {
        await _letters.Campaign.SignAsync("kari@example.org");
        _letters.Port = Postfix.FreePort();
        await _letters.SendAsync();
        Assert.Equal(15, _letters.ClaimSize.Letters);
    }
}
