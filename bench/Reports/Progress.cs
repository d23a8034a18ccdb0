namespace Campaigns.Bench.Reports;

/// <summary>
/// What is going on, for whoever waits; on standard error, so that standard output is the table
/// alone.
/// </summary>
internal static class Progress
{
    public static void Say(string sentence) => Console.Error.WriteLine($"{DateTime.Now:T} {sentence}");
}
