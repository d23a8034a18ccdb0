using System.Runtime.CompilerServices;
using Campaigns.Letters;
using Campaigns.Worker.Mail;
using Campaigns.Worker.Mail.Compose;

namespace Campaigns.Tests.Stores.Letters;

/// <summary>
/// Accepts every letter. The first caller waits for a release, and every later caller waits until
/// two are present.
/// </summary>
internal sealed class GatedMailServer : IMailServer
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _two = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;
    private int _here;

    /// <summary>Completes once the first caller has arrived.</summary>
    public Task FirstAsync() => _first.Task.WaitAsync(_timeout);

    public void LetGo() => _go.TrySetResult();

    public async IAsyncEnumerable<DeliveryOutcome> SendAsync(
        IReadOnlyList<MimeLetter> letters,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        if (letters.Count == 0)
            yield break;
        if (Interlocked.Increment(ref _calls) == 1)
        {
            _first.TrySetResult();
            await _go.Task.WaitAsync(_timeout, cancellationToken);
        }
        else
        {
            if (Interlocked.Increment(ref _here) == 2)
                _two.TrySetResult();
            await _two.Task.WaitAsync(_timeout, cancellationToken);
        }
        foreach (var letter in letters)
            yield return new DeliveryOutcome(letter.Id, DeliveryResult.Sent, null);
    }
}
