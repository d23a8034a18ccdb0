using System.Text;

namespace Campaigns.Worker.Jobs;

/// <summary>A job of the timetable that runs as a loop and is on no board.</summary>
internal sealed record ScheduledLoop(Type Job, TimeSpan Pause)
{
    private const string Suffix = "Job";

    /// <summary>The class in the form of the board's names: <c>seal-ledger</c>.</summary>
    public string Name
    {
        get
        {
            var name = new StringBuilder();
            foreach (var letter in Job.Name.EndsWith(Suffix, StringComparison.Ordinal) ? Job.Name[..^3] : Job.Name)
            {
                if (char.IsUpper(letter) && name.Length > 0)
                    name.Append('-');
                name.Append(char.ToLowerInvariant(letter));
            }
            return name.ToString();
        }
    }
}
