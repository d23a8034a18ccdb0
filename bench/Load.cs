using System.Diagnostics;

namespace Campaigns.Bench;

/// <summary>What one round of load came to.</summary>
internal sealed record Round(int Requests, double Seconds, double MedianMilliseconds, double P99Milliseconds)
{
    public double PerSecond => Requests / Seconds;
}

/// <summary>Drives a number of connections for a number of seconds. A status other than the expected one ends the run: an error is not a request.</summary>
internal static class Load
{
    public static async Task<Round> RunAsync(HttpClient http, int connections, TimeSpan length, int expectedStatus, Func<HttpRequestMessage> request)
    {
        var times = new List<double>[connections];
        var started = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async connection =>
        {
            var mine = times[connection] = [];
            while (started.Elapsed < length)
            {
                var sent = Stopwatch.GetTimestamp();
                using var message = request();
                using var answer = await http.SendAsync(message);
                if ((int)answer.StatusCode != expectedStatus) throw new InvalidOperationException($"Answered {(int)answer.StatusCode}, expected {expectedStatus}.");
                mine.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            }
        }));
        var seconds = started.Elapsed.TotalSeconds;
        var all = times.SelectMany(list => list).Order().ToList();
        return new Round(all.Count, seconds, all[all.Count / 2], all[(int)(all.Count * 0.99)]);
    }
}
