using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Campaigns.Letters;
using Campaigns.Worker.Mail.Compose;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Mail.Delivery;

/// <summary>
/// The transport <c>smtp</c> (docs/adr/0004). Pools connections for the next letters.
/// </summary>
internal sealed class SmtpMailServer(IOptions<MailOptions> options, SmtpTimeouts timeouts, TimeProvider time)
    : IMailServer,
        IAsyncDisposable
{
    // Servers close connections that are idle for some minutes.
    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(20);

    // Pooled, because a new session may cost a TLS handshake and a sign-in.
    private readonly ConcurrentQueue<PooledSession> _pool = new();

    public async IAsyncEnumerable<DeliveryOutcome> SendAsync(
        IReadOnlyList<MimeLetter> letters,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        SmtpSession? session = null;
        string? outage = null;
        using var giveUp = new CancellationTokenSource();
        await using var stopping = cancellationToken.Register(() => giveUp.CancelAfter(timeouts.Stop));
        try
        {
            foreach (var letter in letters)
            {
                if (outage is null && cancellationToken.IsCancellationRequested)
                    outage = "stopping";
                if (outage is null && session?.Suits(letter) == false)
                {
                    // Closed before the next opens, because some servers allow a client one connection.
                    await session.DisposeAsync();
                    session = null;
                }
                if (outage is null && session is null)
                {
                    try
                    {
                        session = await OpenAsync(letter.To.NeedsUtf8, cancellationToken);
                        session.StopOn(giveUp.Token);
                    }
                    catch (SmtpException exception)
                    {
                        outage = exception.Reason;
                    }
                    catch (OperationCanceledException)
                    {
                        outage = "stopping";
                    }
                }
                if (outage is not null)
                {
                    yield return new DeliveryOutcome(letter.Id, DeliveryResult.NotTried, outage);
                    continue;
                }
                var delivery = await session!.SendAsync(letter);
                if (delivery.Result == DeliveryResult.NotTried || session.IsBroken)
                    outage = delivery.Status ?? "closing";
                yield return delivery;
            }
        }
        finally
        {
            if (session is not null)
                await ReturnAsync(session);
        }
    }

    public async Task<string?> FindFailureAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A new session, because a pooled one does not show that another would be accepted.
            await using var session = await SmtpSession.OpenAsync(options.Value, timeouts, cancellationToken);
            return null;
        }
        catch (SmtpException failure)
        {
            return failure.Reason;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_pool.TryDequeue(out var pooled))
            await pooled.Session.DisposeAsync();
    }

    private async Task<SmtpSession> OpenAsync(bool international, CancellationToken cancellationToken)
    {
        while (!international && _pool.TryDequeue(out var pooled))
        {
            if (time.GetUtcNow() - pooled.Since < _idle && await pooled.Session.IsAliveAsync())
                return pooled.Session;
            await pooled.Session.DisposeAsync();
        }
        return await SmtpSession.OpenAsync(options.Value, timeouts, cancellationToken, international);
    }

    private async Task ReturnAsync(SmtpSession session)
    {
        if (session.IsBroken || session.IsInternational || _pool.Count >= SendLettersJob.MaxConnections)
        {
            await session.DisposeAsync();
            return;
        }
        session.Pause();
        _pool.Enqueue(new PooledSession(session, time.GetUtcNow()));
    }

    private sealed record PooledSession(SmtpSession Session, DateTimeOffset Since);
}
