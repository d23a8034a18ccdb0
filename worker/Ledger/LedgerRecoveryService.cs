using Campaigns.Db.Ledger;
using Microsoft.Extensions.Hosting;

namespace Campaigns.Worker.Ledger;

/// <summary>
/// Runs <see cref="LedgerRecovery"/> to its end before the process serves requests or runs jobs.
/// </summary>
internal sealed class LedgerRecoveryService(LedgerRecovery recovery) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => recovery.RunAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
