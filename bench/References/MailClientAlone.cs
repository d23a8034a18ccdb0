using Campaigns.Letters;
using Campaigns.Worker.Mail;
using Campaigns.Worker.Mail.Compose;
using Campaigns.Worker.Mail.Delivery;
using Microsoft.Extensions.Options;

namespace Campaigns.Bench.References;

/// <summary>The product's mail client without any other work.</summary>
internal sealed class MailClientAlone(IOptions<MailOptions> mail, SmtpTimeouts timeouts)
{
    /// <summary>
    /// Sends that many copies of one composed letter over as many connections as the worker uses.
    /// False if the server refused one.
    /// </summary>
    public async Task<bool> SendAsync(MimeLetter letter, int count, int connections)
    {
        var left = count;
        var refused = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        await using var session = await SmtpSession.OpenAsync(
                            mail.Value,
                            timeouts,
                            CancellationToken.None
                        );
                        while (Interlocked.Decrement(ref left) >= 0)
                            if ((await session.SendAsync(letter)).Result != DeliveryResult.Sent)
                                Interlocked.Increment(ref refused);
                    })
                )
        );
        return refused == 0;
    }
}
