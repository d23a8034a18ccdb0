using System.Globalization;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Files;
using Campaigns.Db.Ledger;
using Campaigns.Db.Operations;
using Campaigns.Db.Operations.ScheduledBackups;
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
    /// <param name="settings">The settings of the command line.</param>
    /// <param name="from">The folder of a backup, or the file of a scheduled one.</param>
    /// <param name="key">The private key of a scheduled one.</param>
    public static async Task<int> RunAsync(string[] settings, string from, FileInfo? key)
    {
        await using var installation = CommandHost.OpenExisting(settings);
        if (installation.Get<IOptions<DatabaseOptions>>().Value.Provider != DatabaseOptions.Sqlite)
            return WriteError("PostgreSQL is backed up and restored with its own tools (docs/operating.md).");
        if (key is null ? !Directory.Exists(from) : !File.Exists(from))
            return WriteError(
                File.Exists(from) ? "A scheduled backup is encrypted: --key names its private key."
                : key is null ? "There is no such folder."
                : "There is no such backup."
            );
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
            faults = await FindFaultsAsync([.. settings, $"--Data:Directory={folder}"], Open(from, key, folder));
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

    // The decrypted copy is in the folder that is deleted in the end.
    private static string Open(string from, FileInfo? key, string folder)
    {
        if (key is null)
            return from;
        var decrypted = Path.Combine(folder, "decrypted");
        using var pair = BackupKey.Read(key.FullName);
        BackupArchive.Open(from, pair, decrypted);
        return decrypted;
    }

    private static async Task<IReadOnlyList<string>> FindFaultsAsync(string[] settings, string from)
    {
        await using (var restoring = CommandHost.Configure(settings, serving: true))
            restoring.Get<BackupStore>().Restore(from);
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
