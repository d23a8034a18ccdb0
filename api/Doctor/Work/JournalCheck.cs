using Campaigns.Checks;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Work;

/// <summary>No lines of the journal are lost.</summary>
internal sealed class JournalCheck(WorkInspection work) : ICheck
{
    public static string Name => "journal";

    public Task<CheckResult> RunAsync(CancellationToken cancellation) =>
        Task.FromResult(
            work.CountJournalGaps() is > 0 and var gaps
                ? CheckResult.Fail($"Lines of {Plural.Count(gaps, "file")} of the journal are lost.")
                : CheckResult.Pass("No loss of the journal is known.")
        );
}
