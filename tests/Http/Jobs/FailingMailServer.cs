using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Mail;
using Campaigns.Worker.Mail.Compose;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Campaigns.Tests.Http.Jobs;

/// <summary>Simulates a defect that quotes the recipient in its message.</summary>
internal sealed class FailingMailServer : IMailServer
{
    public const string Word = "qxkanari";
    public const string Address = $"{Word}@zwitscher.example.org";

    /// <summary>Serves in Development with a mail server that fails for every letter.</summary>
    public static Task<CampaignServer> ServeAsync(string? folder, params string[] settings) =>
        CampaignServer.StartOnAsync(
            MachineClock.Running(),
            folder,
            services => services.Replace(ServiceDescriptor.Singleton<IMailServer>(new FailingMailServer())),
            ["--environment", "Development", .. settings]
        );

    public IAsyncEnumerable<DeliveryOutcome> SendAsync(
        IReadOnlyList<MimeLetter> letters,
        CancellationToken cancellationToken
    ) => throw new InvalidOperationException($"cannot send to {letters[0].To.Address}", new IOException(Address));
}
