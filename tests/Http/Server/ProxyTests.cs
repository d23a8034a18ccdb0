using System.Net.Http.Json;
using Campaigns.Db;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Server;

/// <summary>The visitor's address behind a content delivery network and nginx.</summary>
public sealed class ProxyTests : IAsyncLifetime
{
    private CampaignServer _server = null!;
    private string _slug = "";

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync(
            null,
            "--Proxies:Known:0=127.0.0.1",
            "--Proxies:Known:1=198.51.100.0/24",
            "--Proxies:Known:2=2001:db8:c::/48",
            "--Limits:RefuseSigningPerNetworkPerHour=1"
        );
        _slug = await _server.OpenCampaignAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    // Through the CDN and nginx, and with what the visitor sent before them.
    [InlineData("203.0.113.1, 198.51.100.7", "203.0.113.1")]
    [InlineData("10.9.9.9, 203.0.113.1, 198.51.100.7", "203.0.113.1")]
    [InlineData("198.51.100.9, 203.0.113.1, 198.51.100.7", "203.0.113.1")]
    [InlineData("unknown, 203.0.113.1, 198.51.100.7", "203.0.113.1")]
    // Any number of known proxies, in one header or several.
    [InlineData("203.0.113.1, 198.51.100.7, 198.51.100.8, 198.51.100.9", "203.0.113.1")]
    [InlineData("203.0.113.1, 2001:db8:c::1, 198.51.100.8", "203.0.113.1")]
    [InlineData("203.0.113.1|198.51.100.7|198.51.100.8", "203.0.113.1")]
    // Without the CDN.
    [InlineData("203.0.113.1", "203.0.113.1")]
    [InlineData("198.51.99.7, 203.0.113.1", "203.0.113.1")]
    // With a port, and in IPv6.
    [InlineData("203.0.113.1:4711, 198.51.100.7", "203.0.113.1")]
    [InlineData("::ffff:203.0.113.1, 198.51.100.7", "203.0.113.1")]
    [InlineData("[2001:db8:1:2::7]:443, 198.51.100.7", "2001:db8:1:2::1")]
    public async Task Visitor_is_the_rightmost_address_that_is_no_known_proxy(string forwarded, string visitor)
    {
        Assert.Equal(202, await SignAsync(forwarded));
        // The visitor has used up the only permit of their network; another visitor has not.
        Assert.Equal(429, await SignAsync(visitor));
        Assert.Equal(202, await SignAsync("203.0.113.200, 198.51.100.7"));
    }

    [Theory]
    [InlineData("127.0.0.1:80")]
    [InlineData("proxy.example.org")]
    [InlineData("10.0.0.0/33")]
    [InlineData("")]
    public async Task Start_refuses_a_proxy_that_is_no_address_and_no_network(string proxy)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() =>
            CampaignServer.StartAsync(null, $"--Proxies:Known:0={proxy}")
        );
        Assert.Contains("Proxies:Known:0", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_refuses_one_value_for_the_list_of_proxies()
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() =>
            CampaignServer.StartAsync(null, "--Proxies:Known=127.0.0.1")
        );
        Assert.Contains("Proxies:Known:0", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("many")]
    public async Task Start_refuses_a_number_of_hops_that_is_none(string hops)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() =>
            CampaignServer.StartAsync(null, $"--Proxies:Hops={hops}")
        );
        Assert.Contains("Proxies:Hops", refused.Message, StringComparison.Ordinal);
    }

    private async Task<int> SignAsync(string forwarded)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/campaigns/{_slug}/signatures")
        {
            Content = JsonContent.Create(CampaignServer.Signature("forwarded@example.org")),
        };
        foreach (var header in forwarded.Split('|'))
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", header);
        return (int)(await _server.Http.SendAsync(request)).StatusCode;
    }
}
