using Campaigns.Letters;
using Campaigns.Worker.Mail.Compose;

namespace Campaigns.Worker.Mail;

/// <summary>
/// Where letters leave the process. Only the folder of an implementation knows how a letter is
/// transported (docs/adr/0004).
/// </summary>
public interface IMailServer
{
    /// <summary>
    /// Sends the letters in order over as few connections as possible. Yields one
    /// <see cref="DeliveryOutcome"/> for each, in the same order, as soon as it is known. When the
    /// server becomes unreachable, the remaining letters get <see cref="DeliveryResult.NotTried"/>.
    /// Failures of the server do not throw. After cancellation the current letter is still
    /// finished, unless the server takes more than a few seconds.
    /// </summary>
    IAsyncEnumerable<DeliveryOutcome> SendAsync(IReadOnlyList<MimeLetter> letters, CancellationToken cancellationToken);

    /// <summary>
    /// Null when letters could be sent now; otherwise a fixed word such as <c>no-starttls</c>.
    /// Sends nothing. A transport without a server has nothing to try.
    /// </summary>
    Task<string?> FindFailureAsync(CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
