using Campaigns.Worker.Letters;

namespace Campaigns.Tests.Jobs;

/// <summary>A defect in a job that quotes the person it works for.</summary>
internal sealed class FailingMailServer : IMailServer
{
    public const string Word = "qxkanari";
    public const string Address = $"{Word}@zwitscher.example.org";

    public IAsyncEnumerable<DeliveryOutcome> SendAsync(
        IReadOnlyList<MimeLetter> letters, CancellationToken cancellationToken) =>
        throw new InvalidOperationException($"cannot send to {letters[0].To.Address}", new IOException(Address));
}
