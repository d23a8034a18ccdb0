using Campaigns.Checks;

namespace Campaigns.Api.Doctor;

/// <param name="Name">Which check.</param>
/// <param name="Result">pass, warn, fail or skipped.</param>
/// <param name="Message">What it found.</param>
/// <param name="Remedy">What to do; empty when nothing is to do.</param>
public sealed record CheckView(string Name, string Result, string Message, string Remedy)
{
    internal static CheckView From(CheckReport report) =>
        new(
            report.Name,
            Word(report.State),
            report.Message,
            report.State >= CheckState.Warn ? CheckTexts.Remedy(report.Name) : ""
        );

    internal static string Word(CheckState state) =>
        state switch
        {
            CheckState.Pass => "pass",
            CheckState.Warn => "warn",
            CheckState.Fail => "fail",
            _ => "skipped",
        };
}
