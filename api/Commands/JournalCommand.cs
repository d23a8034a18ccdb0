using System.Globalization;
using Campaigns.Db.Journals;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Commands;

/// <summary>The commands about the journal outside the database.</summary>
internal static class JournalCommand
{
    /// <summary>
    /// One line a file: name, entries, the machine that wrote it, and <c>here</c> or
    /// <c>not here</c>. Returns 1 if a file is not here.
    /// </summary>
    public static async Task<int> ListAsync(string[] settings)
    {
        await using var installation = CommandHost.OpenExisting(settings);
        var files = installation.Get<JournalStore>().List();
        foreach (var file in files)
            Console.WriteLine(
                string.Join(
                    '\t',
                    file.File,
                    file.Sequence.ToString(CultureInfo.InvariantCulture),
                    file.Installation,
                    file.IsHere ? "here" : "not here"
                )
            );
        return files.All(file => file.IsHere) ? 0 : 1;
    }

    public static async Task<int> AcknowledgeAsync(string[] settings)
    {
        await using var installation = CommandHost.OpenExisting(settings);
        var gaps = await installation.Get<JournalStore>().AcknowledgeAsync(Actor.Operator);
        foreach (var gap in gaps)
            Console.WriteLine($"Acknowledged: {gap}.");
        if (gaps.Count == 0)
            Console.WriteLine("No lines of the journal are lost.");
        return 0;
    }
}
