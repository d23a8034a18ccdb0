using System.Runtime.CompilerServices;
using Campaigns.Letters;
using Campaigns.Worker.Mail;
using Campaigns.Worker.Mail.Compose;
using Microsoft.Extensions.Time.Testing;

namespace Campaigns.Tests.Stores.Letters;

/// <summary>Accepts every letter, each after a time that passes on the test's clock.</summary>
internal sealed class SlowMailServer(FakeTimeProvider clock, TimeSpan perLetter) : IMailServer
{
    /// <summary>How many letters each caller brought.</summary>
    public List<int> Claims { get; } = [];

    public async IAsyncEnumerable<DeliveryOutcome> SendAsync(
        IReadOnlyList<MimeLetter> letters,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await Task.CompletedTask;
        Claims.Add(letters.Count);
        foreach (var letter in letters)
        {
            clock.Advance(perLetter);
            yield return new DeliveryOutcome(letter.Id, DeliveryResult.Sent, null);
        }
    }
}
