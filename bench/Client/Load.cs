using System.Diagnostics;
using System.Net;

namespace Campaigns.Bench.Client;

/// <summary>The result of one round of load.</summary>
internal sealed record Round(
    int Requests,
    double Seconds,
    double MedianMilliseconds,
    double P99Milliseconds,
    double LongestMilliseconds
)
{
    public double PerSecond => Requests / Seconds;

    /// <summary>Seconds of processor time of the servers.</summary>
    public double ServerSeconds { get; init; }

    /// <summary>Seconds of processor time of this process.</summary>
    public double ClientSeconds { get; init; }

    /// <summary>Seconds of processor time of a separate database server.</summary>
    public double DatabaseSeconds { get; init; }

    /// <summary>Bytes that the servers allocated, for requests and for background work.</summary>
    public long Allocated { get; init; }

    public double ServerMicroseconds => ServerSeconds * 1e6 / Requests;

    public double DatabaseMicroseconds => DatabaseSeconds * 1e6 / Requests;

    public double AllocatedEach => (double)Allocated / Requests;
}

/// <summary>
/// Connections, spread evenly over the servers. Each sends a request, waits for the response, and
/// sends the next. A wrong status ends the run, because an error must not count as a request.
/// </summary>
internal sealed class Load : IDisposable
{
    private const int MostRequests = 8_000_000;

    private readonly IPEndPoint[] _servers;
    private readonly HttpWire?[] _wires;
    private readonly int[] _microseconds = new int[MostRequests];
    private int _answered;

    public Load(IEnumerable<Uri> servers, int connections)
    {
        _servers = [.. servers.Select(server => new IPEndPoint(IPAddress.Loopback, server.Port))];
        _wires = new HttpWire?[connections];
    }

    /// <summary>
    /// Sends requests until the time is over or there are none left. Requests sent in time are
    /// awaited and counted.
    /// </summary>
    public async Task<Round> RunAsync(Requests requests, int expectedStatus, TimeSpan length)
    {
        _answered = 0;
        await ConnectAsync();
        var until =
            length == TimeSpan.MaxValue
                ? long.MaxValue
                : Stopwatch.GetTimestamp() + (long)(length.TotalSeconds * Stopwatch.Frequency);
        var started = Stopwatch.StartNew();
        await Task.WhenAll(_wires.Select(wire => AskAsync(wire!, requests, expectedStatus, until)));
        var seconds = started.Elapsed.TotalSeconds;
        if (_answered == 0)
            throw new WrongResultException("No request was sent.");
        var times = _microseconds.AsSpan(0, _answered);
        times.Sort();
        return new Round(_answered, seconds, At(times, 0.5), At(times, 0.99), At(times, 1));
    }

    public void Dispose()
    {
        foreach (var wire in _wires)
            wire?.Dispose();
    }

    // New connections for each round, because a server closes idle ones, and between two rounds the bench may fill in
    // millions of rows.
    private async Task ConnectAsync()
    {
        Dispose();
        for (var i = 0; i < _wires.Length; i++)
            await (_wires[i] = new HttpWire()).ConnectAsync(_servers[i % _servers.Length]);
    }

    private async Task AskAsync(HttpWire wire, Requests requests, int expectedStatus, long until)
    {
        var buffer = new byte[1024];
        while (Stopwatch.GetTimestamp() is var sent && sent < until && requests(buffer) is > 0 and var length)
        {
            var status = await wire.AskAsync(buffer.AsMemory(0, length));
            if (status != expectedStatus)
                throw new WrongResultException($"Answered {status}, expected {expectedStatus}.");
            _microseconds[Interlocked.Increment(ref _answered) - 1] = (int)
                Stopwatch.GetElapsedTime(sent).TotalMicroseconds;
        }
    }

    private static double At(Span<int> sorted, double share) =>
        sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * share)] / 1000.0;
}
