using System.Globalization;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Files;
using Campaigns.Db.Ledger;
using Campaigns.Db.Operations;
using Campaigns.Ledger;
using Microsoft.Extensions.Options;
using static Campaigns.Api.Commands.CommandDefinition;

namespace Campaigns.Api.Commands;

/// <summary>
/// Restores a backup beside the installation, as after a lost disk: with its journal and keys. The
/// copy is checked and deleted; the installation changes by a line of its audit trail only.
/// </summary>
internal static class RestoreDrillCommand
{
    /// <summary>
    /// Exit codes: 0 the backup can be restored, 1 it cannot, 2 it was not tried.
    /// </summary>
    public static async Task<int> RunAsync(string[] settings, DirectoryInfo from)
    {
        await using var installation = CommandHost.OpenExisting(settings);
        if (installation.Get<IOptions<DatabaseOptions>>().Value.Provider != DatabaseOptions.Sqlite)
            return WriteError("PostgreSQL is backed up and restored with its own tools (docs/operating.md).");
        if (!from.Exists)
            return WriteError("There is no such folder.");
        var data = installation
            .Get<InstallationRoot>()
            .Resolve(installation.Get<IOptions<DataOptions>>().Value.Directory);
        var folder = Path.Combine(
            data,
            string.Create(CultureInfo.InvariantCulture, $"restore-drill-{Environment.ProcessId}")
        );
        PrivateFiles.CreateFolder(folder);
        IReadOnlyList<string> faults;
        try
        {
            JournalFolder.Copy(data, folder);
            faults = await FindFaultsAsync([.. settings, $"--Data:Directory={folder}"], from);
        }
        catch (Exception refused) when (refused is BackupRefusedException or StartRefusedException)
        {
            faults = [refused.Message];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        await installation.Get<BackupLog>().AddDrillAsync(faults.Count == 0);
        foreach (var fault in faults)
            await Console.Error.WriteLineAsync(fault);
        if (faults.Count > 0)
            return 1;
        Console.WriteLine("The backup can be restored: its counts agree with its rows, and its ledgers are whole.");
        return 0;
    }

    private static async Task<IReadOnlyList<string>> FindFaultsAsync(string[] settings, DirectoryInfo from)
    {
        await using (var restoring = CommandHost.Configure(settings, serving: true))
            restoring.Get<BackupStore>().Restore(from.FullName);
        await using var copy = CommandHost.OpenExisting(settings, exclusive: true);
        // What people ended since the backup, which the next start would apply.
        await copy.Get<LedgerRecovery>().RunAsync(CancellationToken.None);
        List<string> faults = [];
        foreach (var campaign in copy.Get<CampaignStore>().List())
        {
            if (copy.Get<RecountStore>().Drift(campaign.Id) != 0)
                faults.Add($"Campaign {campaign.Slug}: the counts differ from the rows.");
            var head = copy.Get<LedgerStore>().GetHead(campaign.Id);
            var verdict = copy.Get<LedgerSelfCheck>().Run(campaign, head, _ => { }, CancellationToken.None);
            if (verdict != LedgerVerdict.Agrees)
                faults.Add($"Campaign {campaign.Slug}: the lines do not give the head of the ledger ({verdict}).");
        }
        return faults;
    }
}
