namespace Campaigns.Bench.Reports;

/// <summary>
/// Reports progress on standard error, so that standard output has only the table.
/// </summary>
internal static class Progress
{
    public static void Say(string sentence) => Console.Error.WriteLine($"{DateTime.Now:T} {sentence}");
}
