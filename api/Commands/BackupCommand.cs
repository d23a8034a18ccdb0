using Campaigns.Db;
using Campaigns.Db.Operations;
using Campaigns.Db.Operations.ScheduledBackups;

namespace Campaigns.Api.Commands;

internal static class BackupCommand
{
    public static async Task<int> BackUpAsync(string[] settings, DirectoryInfo to)
    {
        await using var installation = CommandHost.OpenExisting(settings);
        var code = Report(
            () => installation.Get<BackupStore>().BackUp(installation.Get<Database>(), to.FullName),
            "Backed up"
        );
        if (code == 0)
            await installation.Get<BackupLog>().AddBackupAsync();
        return code;
    }

    /// <summary>Decrypts a scheduled backup into a folder that restore takes.</summary>
    public static Task<int> OpenAsync(FileInfo file, FileInfo key, DirectoryInfo to)
    {
        if (!file.Exists)
            return Task.FromResult(CommandDefinition.WriteError("There is no such backup."));
        try
        {
            using var pair = BackupKey.Read(key.FullName);
            BackupArchive.Open(file.FullName, pair, to.FullName);
            Console.WriteLine("Decrypted. Restore it from that folder, and delete the folder then.");
            return Task.FromResult(0);
        }
        catch (BackupRefusedException refused)
        {
            Console.Error.WriteLine(refused.Message);
            return Task.FromResult(1);
        }
    }

    public static async Task<int> RestoreAsync(string[] settings, DirectoryInfo from, bool withoutJournal)
    {
        await using var installation = CommandHost.Configure(settings, serving: true);
        return Report(() => installation.Get<BackupStore>().Restore(from.FullName, withoutJournal), "Restored");
    }

    private static int Report(Func<BackupManifest> act, string done)
    {
        try
        {
            var manifest = act();
            Console.WriteLine(
                $"{done}: {Plural.Count(manifest.Signatures.Sum(count => count.Rows), "signature")}, "
                    + $"{Plural.Count(manifest.Ledgers.Count, "ledger")}."
            );
            return 0;
        }
        catch (BackupRefusedException refused)
        {
            Console.Error.WriteLine(refused.Message);
            return 1;
        }
    }
}
