using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Letters.Smtp;

/// <summary>
/// The transport <c>smtp</c>. A client of our own: the one in .NET waits 40 ms for each letter, knows no implicit TLS and cannot tell a
/// mailbox that does not exist from a server that is busy (docs/adr/0004). Keeps its connections a while for the next letters.
/// </summary>
internal sealed class SmtpMailServer(IOptions<MailOptions> options, SmtpTimeouts timeouts, TimeProvider time)
    : IMailServer, IAsyncDisposable
{
    // Servers close what idles longer than a few minutes; a letter a second keeps one connection.
    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(20);

    // Opening one may cost a TLS handshake and a password.
    private readonly ConcurrentQueue<Kept> _kept = new();

    public async IAsyncEnumerable<Delivery> SendAsync(
        IReadOnlyList<MimeLetter> letters, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        SmtpSession? session = null;
        string? outage = null;
        using var giveUp = new CancellationTokenSource();
        await using var stopping = cancellationToken.Register(() => giveUp.CancelAfter(timeouts.Stop));
        try
        {
            foreach (var letter in letters)
            {
                if (outage is null && cancellationToken.IsCancellationRequested) outage = "stopping";
                if (outage is null && session is null)
                {
                    try
                    {
                        session = await OpenAsync(cancellationToken);
                        session.GiveUp = giveUp.Token;
                    }
                    catch (SmtpBrokenException exception)
                    {
                        outage = exception.Word;
                    }
                    catch (OperationCanceledException)
                    {
                        outage = "stopping";
                    }
                }
                if (outage is not null)
                {
                    yield return new Delivery(letter.Id, DeliveryResult.NotTried, outage);
                    continue;
                }
                var delivery = await session!.SendAsync(letter);
                if (delivery.Result == DeliveryResult.NotTried || session.Broken) outage = delivery.Status ?? "closing";
                yield return delivery;
            }
        }
        finally
        {
            if (session is not null) await KeepAsync(session);
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_kept.TryDequeue(out var kept)) await kept.Session.DisposeAsync();
    }

    private async Task<SmtpSession> OpenAsync(CancellationToken cancellationToken)
    {
        while (_kept.TryDequeue(out var kept))
        {
            if (time.GetUtcNow() - kept.Since < _idle && await kept.Session.IsAliveAsync()) return kept.Session;
            await kept.Session.DisposeAsync();
        }
        return await SmtpSession.OpenAsync(options.Value, timeouts, cancellationToken);
    }

    private async Task KeepAsync(SmtpSession session)
    {
        session.GiveUp = CancellationToken.None;
        if (session.Broken || _kept.Count >= SendLettersJob.Lanes) await session.DisposeAsync();
        else _kept.Enqueue(new Kept(session, time.GetUtcNow()));
    }

    private sealed record Kept(SmtpSession Session, DateTimeOffset Since);
}
