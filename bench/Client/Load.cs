using System.Diagnostics;
using System.Net;

namespace Campaigns.Bench.Client;

/// <summary>What one round of load came to.</summary>
internal sealed record Round(
    int Requests,
    double Seconds,
    double MedianMilliseconds,
    double P99Milliseconds,
    double LongestMilliseconds
)
{
    public double PerSecond => Requests / Seconds;

    /// <summary>Seconds of processor time the server took, and this process.</summary>
    public double ServerSeconds { get; init; }

    public double ClientSeconds { get; init; }

    /// <summary>
    /// Seconds of processor time that a database took which is a server of its own.
    /// </summary>
    public double DatabaseSeconds { get; init; }

    /// <summary>Bytes the server allocated, whoever did it.</summary>
    public long Allocated { get; init; }

    public double ServerMicroseconds => ServerSeconds * 1e6 / Requests;

    public double DatabaseMicroseconds => DatabaseSeconds * 1e6 / Requests;

    public double AllocatedEach => (double)Allocated / Requests;
}

/// <summary>
/// Connections, spread evenly over the servers, that each ask, wait for the answer and ask again. A
/// wrong status ends the run: an error is not a request.
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
    /// Asks until the time is over or there is nothing left to ask. What was asked in time is
    /// waited for and counted.
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
            throw new WrongResultException("Nothing was asked.");
        var times = _microseconds.AsSpan(0, _answered);
        times.Sort();
        return new Round(_answered, seconds, At(times, 0.5), At(times, 0.99), At(times, 1));
    }

    public void Dispose()
    {
        foreach (var wire in _wires)
            wire?.Dispose();
    }

    // Anew for each round: a server hangs up on who was silent for long, and between two rounds millions of rows may be
    // filled in.
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
