using Campaigns.Api.Http;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.Time.Testing;

namespace Campaigns.Tests.Unit.Http;

/// <summary>The window of requests by network, against a plain list of times.</summary>
public sealed class RequestWindowTests
{
    private const int Most = 2;
    private static readonly TimeSpan _length = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Window_begins_with_the_first_request_and_ends_after_its_length()
    {
        var window = new RequestWindow(_length, _clock);
        _clock.Advance(TimeSpan.FromSeconds(50));
        Assert.Null(window.Count(1, Most));
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.False(window.IsFull(1, Most));
        Assert.Null(window.Count(1, Most));
        Assert.True(window.IsFull(1, Most));
        Assert.Equal(TimeSpan.FromSeconds(40), window.Count(1, Most));
        Assert.Null(window.Count(2, Most));
        _clock.Advance(TimeSpan.FromSeconds(39));
        Assert.Equal(TimeSpan.FromSeconds(1), window.Count(1, Most));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(window.IsFull(1, Most));
        Assert.Null(window.Count(1, Most));
    }

    [Fact]
    public void Every_network_has_its_number_whenever_it_comes()
    {
        var seed = TestSeed.Next();
        var random = new Random(seed);
        var window = new RequestWindow(_length, _clock);
        var windows = new Dictionary<ulong, (DateTimeOffset Since, int Requests)>();
        for (var request = 0; request < 5_000; request++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(random.Next(0, 4_000)));
            var (network, now) = ((ulong)random.Next(20), _clock.GetUtcNow());
            if (!windows.TryGetValue(network, out var known) || now - known.Since >= _length)
                known = (now, 0);
            TimeSpan? expected = known.Requests < Most ? null : known.Since + _length - now;
            windows[network] = known with { Requests = Math.Min(known.Requests + 1, Most) };
            Assert.True(expected == window.Count(network, Most), $"seed {seed}, request {request}");
        }
    }
}
