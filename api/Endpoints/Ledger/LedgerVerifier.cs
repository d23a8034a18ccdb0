using System.Globalization;
using Campaigns.Api.Http;
using Campaigns.Db.Ledger;
using Campaigns.Db.Staff;
using Campaigns.Ledger;

namespace Campaigns.Api.Endpoints.Ledger;

/// <summary>
/// Runs the self-check of one ledger at a time, beside the requests. Its result is a line of the
/// audit trail, which all servers and later readers see.
/// </summary>
internal sealed class LedgerVerifier(
    LedgerStore ledger,
    LedgerSelfCheck check,
    AuditStore audit,
    IHostApplicationLifetime lifetime,
    ILogger<LedgerVerifier> log
)
{
    private const string Action = "ledger.verify";

    private readonly Lock _gate = new();
    private RunningVerification? _running;

    /// <summary>The verification that runs in this process; null if none does.</summary>
    public RunningVerification? Running => Volatile.Read(ref _running);

    /// <summary>Verifies the newest head, unless this process verifies a ledger already.</summary>
    public RunningVerification Start(Campaign campaign, Actor actor)
    {
        lock (_gate)
        {
            if (_running is { } other)
                return other;
            var head = ledger.GetHead(campaign.Id);
            var running = new RunningVerification(campaign.Id, head.Size);
            _running = running;
            running.Ended = Task.Run(() => RunAsync(running, campaign, head, actor));
            return running;
        }
    }

    /// <summary>The newest result for a campaign; null before the first.</summary>
    public LedgerVerification? FindLast(Campaign campaign) =>
        audit.List(
            new AuditFilter
            {
                Action = Action,
                Campaign = campaign.Slug,
                NewestFirst = true,
            },
            null,
            1
        )
            is [{ Detail: { } detail } line]
        && detail.Split(' ') is [var size, var result]
            ? new LedgerVerification(line.At, line.Staff, long.Parse(size, CultureInfo.InvariantCulture), result)
            : null;

    private async Task RunAsync(
        RunningVerification running,
        Campaign campaign,
        SignedTreeHead head,
        Actor actor
    )
    {
        try
        {
            var verdict = check.Run(campaign, head, done => running.Done = done, lifetime.ApplicationStopping);
            if (verdict != LedgerVerdict.Agrees)
                log.LogError(
                    ApiEvents.LedgerDisagrees,
                    "The lines of campaign {Campaign} do not give its head: {Verdict}",
                    campaign.Slug,
                    verdict
                );
            await audit.WriteAsync(
                actor,
                Action,
                campaign.Slug,
                detail: string.Create(CultureInfo.InvariantCulture, $"{head.Size} {verdict}")
            );
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested) { }
#pragma warning disable CA1031 // No request waits for the result. The screen shows that there is no new one.
        catch (Exception error)
#pragma warning restore CA1031
        {
            log.LogError(
                ApiEvents.RequestFailed,
                "The ledger of campaign {Campaign} was not verified: {Error}",
                campaign.Slug,
                error.GetType().Name
            );
        }
        finally
        {
            Volatile.Write(ref _running, null);
        }
    }
}
