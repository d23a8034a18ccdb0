using Campaigns.Db;
using Campaigns.Db.Keys;
using Campaigns.Db.PostgresMigration;

namespace Campaigns.Api.Commands;

/// <summary>
/// <c>move --to "Host=…"</c>: from the embedded database to PostgreSQL, for good.
/// </summary>
internal static class MoveCommand
{
    /// <summary>
    /// 0 once the new side serves, 1 when refused. What moved goes to standard output as a table,
    /// everything else to standard error.
    /// </summary>
    public static async Task<int> RunAsync(string[] settings, string to)
    {
        await using var installation = CommandHost.Configure(settings, serving: false);
        var moves = installation.Get<Migrator>();
        try
        {
            // Elsewhere, so that it ends when the terminal asks: cutting it off does no harm.
            var campaigns = await Task.Run(() => moves.Migrate(to, Console.Error.WriteLine));
            Console.WriteLine("campaign\tsignatures\tconfirmed\tledger\troot");
            foreach (var campaign in campaigns)
                Console.WriteLine(
                    FormattableString.Invariant(
                        $"{campaign.Slug}\t{campaign.Signatures}\t{campaign.Confirmed}\t{campaign.LedgerSize}\t{campaign.LedgerRoot}"
                    )
                );
            await Console.Error.WriteLineAsync(
                $"""
                Moved. The old database takes no more writes and refuses every start: stop its server.
                Start the new ones with Database:Provider=postgres and that connection string as Database:ConnectionString, and with the same keys.
                On another machine they need copies of the keys, of the packets, and of journal*.jsonl in {moves.DataFolder}, made after the old server has stopped.
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
