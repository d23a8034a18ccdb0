using System.Text.Encodings.Web;
using System.Text.Json;
using Campaigns.Api.Doctor;
using Campaigns.Checks;
using Campaigns.Db;
using Campaigns.Worker.Mail;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Commands;

/// <summary>
/// Looks at everything that an operator can mend, beside a server or without one. It changes
/// nothing, except that <c>--send-test</c> sends one letter.
/// </summary>
internal static class DoctorCommand
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>Exit codes: 0 fine, 1 warnings, 2 broken.</summary>
    public static async Task<int> RunAsync(string[] settings, bool asJson, string? testAddress, TextWriter output)
    {
        await using var installation = DoctorHost.Create(settings);
        List<CheckReport> reports =
        [
            .. await installation.Get<CheckRunner>().RunAsync(deep: true, CancellationToken.None),
        ];
        if (testAddress is not null)
            reports.Add(await SendTestAsync(installation, testAddress));
        await output.WriteLineAsync(asJson ? ToJson(reports) : ToText(reports));
        return CheckLimits.ExitCode(reports.Select(report => report.State));
    }

    /// <summary>The results as JSON.</summary>
    public static string ToJson(IEnumerable<CheckReport> reports) =>
        JsonSerializer.Serialize(new { checks = reports.Select(CheckView.From) }, _json);

    private static string ToText(List<CheckReport> reports)
    {
        var width = reports.Max(report => report.Name.Length);
        var lines = reports.Select(report =>
            $"{CheckView.Word(report.State),-8}{report.Name.PadRight(width + 2)}{report.Message}"
            + (report.State >= CheckState.Warn ? $"\n{"",-8}{CheckTexts.Remedy(report.Name)}" : "")
        );
        var failed = reports.Count(report => report.State == CheckState.Fail);
        var warned = reports.Count(report => report.State == CheckState.Warn);
        return string.Join('\n', lines) + $"\n{failed} broken, {Plural.Count(warned, "warning")}.";
    }

    private static async Task<CheckReport> SendTestAsync(DoctorHost installation, string address)
    {
        const string name = "test-letter";
        try
        {
            return await installation.Get<MailServerProbe>().SendTestAsync(address, CancellationToken.None) switch
            {
                null => new(name, CheckState.Fail, "Mail cannot be sent to the address of --send-test."),
                { Result: Letters.DeliveryResult.Sent } => new(name, CheckState.Pass, "The test letter was accepted."),
                { Status: var status } => new(name, CheckState.Fail, $"The test letter was not accepted ({status})."),
            };
        }
        catch (Exception error) when (error is OptionsValidationException or StartRefusedException)
        {
            return new(name, CheckState.Skipped, "The settings are not valid.");
        }
    }
}
