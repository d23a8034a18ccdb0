using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Pages.Console;

/// <summary>
/// A server that holds signatures past the third of a network, and needs a second member for more
/// than two.
/// </summary>
public sealed class AbuseServer : SharedServer
{
    private readonly string _url = $"http://127.0.0.1:{TestPorts.Next()}";

    protected override string[] Settings =>
        [
            "--environment",
            "Development",
            "--urls",
            _url,
            $"--PublicUrl={_url}",
            "--Limits:HoldAfterPerNetworkPerHour=3",
            "--Invalidations:MostAlone=2",
            "--Invalidations:MostPercentAlone=100",
            "--Logging:Console:LogLevel:Default=None",
        ];
}
