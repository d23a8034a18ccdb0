using Campaigns.Db.Campaigns;
using Campaigns.Db.Engine;
using Campaigns.Db.Ledger;
using Campaigns.Db.Operations;

namespace Campaigns.Api.Commands;

internal static class LedgerCommand
{
    /// <summary>
    /// Returns 0 when the ledger has all published lines, and 1 when the file was refused and
    /// nothing changed.
    /// </summary>
    public static async Task<int> ImportAsync(string[] settings, FileInfo file, string slug)
    {
        await using var installation = CommandHost.OpenExisting(settings, exclusive: true);
        if (installation.Get<CampaignStore>().Find(slug) is not { } campaign)
            return Refuse("There is no campaign of that name.");
        try
        {
            await using var lines = file.OpenRead();
            var done = await installation.Get<LedgerImport>().ImportAsync(campaign, lines);
            Console.WriteLine(
                done.Size == done.From
                    ? $"The ledger of {slug} has all of its {Plural.Count(done.Size, "published line")}; "
                        + "there was nothing to import."
                    : $"Imported {Lines(done.From, done.Size - 1)} of {slug}. "
                        + $"Confirmed by them: {Plural.Count(done.Confirmed, "signature")}. "
                        + $"Lines without a signature in this database: {done.WithoutSignature}."
            );
            return 0;
        }
        catch (ImportRefusedException refused)
        {
            return Refuse($"{refused.Message} Nothing was imported.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Refuse($"The file cannot be read: {error.Message}");
        }
        catch (StorageException failed)
        {
            return Refuse($"{failed.Message} Nothing was imported.");
        }
    }

    private static string Lines(long first, long last) => first == last ? $"line {first}" : $"lines {first} to {last}";

    private static int Refuse(string sentence)
    {
        Console.Error.WriteLine(sentence);
        return 1;
    }
}
