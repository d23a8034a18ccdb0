using System.Globalization;
using Campaigns.Db;
using Campaigns.Db.Keys;
using Campaigns.Db.Operations.PostgresMigration;

namespace Campaigns.Api.Commands;

/// <summary>
/// <c>move --to "Host=…"</c>: migrates the embedded database to PostgreSQL, permanently.
/// </summary>
internal static class MoveCommand
{
    /// <summary>
    /// Returns 0 once PostgreSQL has the data, and 1 when refused. A table of the migrated
    /// campaigns goes to standard output, everything else to standard error.
    /// </summary>
    public static async Task<int> RunAsync(string[] settings, string to)
    {
        await using var installation = CommandHost.Configure(settings, serving: false);
        var migrator = installation.Get<Migrator>();
        try
        {
            // On another thread, so that Ctrl-C ends the command; an interrupted migration does no harm.
            var campaigns = await Task.Run(() => migrator.Migrate(to, Console.Error.WriteLine));
            Console.WriteLine("campaign\tsignatures\tconfirmed\tledger\troot");
            foreach (var campaign in campaigns)
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{campaign.Slug}\t{campaign.Signatures}\t{campaign.Confirmed}\t"
                            + $"{campaign.LedgerSize}\t{campaign.LedgerRoot}"
                    )
                );
            await Console.Error.WriteLineAsync(
                $"""
                Moved. The old database accepts no more writes and refuses every start: stop its server.
                Start the new servers with the same keys, Database:Provider=postgres
                and this connection string as Database:ConnectionString.
                On another machine they need copies of the keys, of the packets, and of journal*.jsonl
                in {migrator.DataFolder}, made after the old server has stopped.
                journal list says there whether each file is here.
                """
            );
            return 0;
        }
        catch (Exception refused)
            when (refused is MigrationRefusedException or StartRefusedException or KeysRefusedException)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return 1;
        }
    }
}
