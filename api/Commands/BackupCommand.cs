using Campaigns.Db;
using Campaigns.Db.Operations;

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
