using System.Net;
using System.Net.Sockets;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// Ports that a test must know before it listens there, or on which nothing may listen. They are
/// below the system's ephemeral ports, and none is returned twice.
/// </summary>
internal static class TestPorts
{
    private const int First = 20_000;
    private const int Count = 12_000;

    // Concurrent test processes start at different ports.
    private static int _next = Environment.ProcessId * 97;

    public static int Next()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another program uses this port: try the next one.
            }
        }
    }
}
