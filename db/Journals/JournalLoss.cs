using Campaigns.Db.Files;

namespace Campaigns.Db.Journals;

/// <summary>Sentences for the operator about a journal that is not whole.</summary>
internal static class JournalLoss
{
    private const string Meaning =
        "The journal has what a database from an older copy lacks: who erased their data, withdrew, said 'this was not "
        + "me' or ended their links, which staff tokens were revoked, and which heads of ledgers were published. "
        + "Without it those people come back and get letters, revoked tokens work again, and a second history of a "
        + "ledger may be sealed.";

    private const string Until =
        "Readiness and log then name the loss until you run journal acknowledge (docs/operating.md, The journal).";

    /// <summary>Why a start is refused, and what to do.</summary>
    public static string RefuseStart(string folder, IEnumerable<JournalPosition> missing, JournalScan scan) =>
        $"The journal in {folder} is not whole: {Describe(missing, scan)}. {Meaning} "
        + "Put the file back, for instance from a copy of this folder. Beside a newer file of its name give it another "
        + "one, such as journal-found.jsonl. Only if it is lost for good, start once with --without-journal. "
        + Until;

    /// <summary>Why a restore is refused, and what to do.</summary>
    public static string RefuseRestore(string folder, IEnumerable<JournalPosition> missing, JournalScan scan) =>
        $"The journal in {folder} is not whole: {Describe(missing, scan)}. Nothing was changed. {Meaning} "
        + "Copy journal*.jsonl from the data folder of the server that made the backup. Only if they are lost for "
        + "good, add --without-journal. "
        + Until;

    /// <summary>What is lost: <c>journal.jsonl, 17 entries</c>.</summary>
    public static string Describe(string file, long sequence) => sequence == 0 ? file : $"{file}, {Entries(sequence)}";

    private static string Describe(IEnumerable<JournalPosition> missing, JournalScan scan) =>
        string.Join("; ", missing.Select(position => Describe(position, scan.Files.GetValueOrDefault(position.File))));

    private static string Describe(JournalPosition position, JournalChain? file) =>
        file switch
        {
            _ when position.Sequence == 0 => "it lacks heads that the database served",
            null => $"{position.File} is missing, which had {Entries(position.Sequence)}",
            { Sequence: var found } when found < position.Sequence =>
                $"{position.File} has {found} of its {Entries(position.Sequence)}",
            _ => $"{position.File} does not have the {Entries(position.Sequence)} that were written into it",
        };

    private static string Entries(long number) => Plural.Count(number, "entry", "entries");
}
