using System.Net;
using System.Net.Sockets;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// Ports that a test must know before it listens there, or that nothing may listen on. They lie
/// below those that the system hands out by itself, and none is given out twice.
/// </summary>
internal static class TestPorts
{
    private const int First = 20_000;
    private const int Count = 12_000;

    // Test processes that run at the same time begin at different places.
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
                // Taken by a program that is no test: the next one.
            }
        }
    }
}
