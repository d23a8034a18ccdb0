using System.Text;

namespace Campaigns.Bench.Client;

/// <summary>Requests whose bytes are prepared before the load.</summary>
internal static class FixedRequests
{
    /// <summary>The same request repeatedly.</summary>
    public static Requests Get(string path, string? cookie = null)
    {
        var header = cookie is null ? "" : $"Cookie: {cookie}\r\n";
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n");
        return buffer =>
        {
            request.CopyTo(buffer);
            return request.Length;
        };
    }

    /// <summary>One request for each link, in order.</summary>
    public static Requests Confirm(string path, IReadOnlyList<string> links)
    {
        var requests = links
            .Select(link => $"{{\"token\":\"{link}\"}}")
            .Select(body =>
                Encoding.ASCII.GetBytes(
                    $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + $"Content-Length: {body.Length}\r\n\r\n{body}"
                )
            )
            .ToArray();
        var sent = 0;
        return buffer =>
        {
            var at = Interlocked.Increment(ref sent) - 1;
            if (at >= requests.Length)
                return 0;
            requests[at].CopyTo(buffer);
            return requests[at].Length;
        };
    }
}
