using Campaigns.Api.Http;
using Campaigns.Checks;
using Campaigns.Db;
using Campaigns.Worker.Telemetry;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Doctor.Settings;

/// <summary>The settings are valid, and each setting of our sections exists.</summary>
internal sealed class SettingsCheck(
    IConfiguration configuration,
    InstallationRoot root,
    SettingsFaults faults,
    IStartupValidator? validator = null
) : ICheck
{
    public static string Name => "settings";

    public Task<CheckResult> RunAsync(CancellationToken cancellation) => Task.FromResult(Find());

    private CheckResult Find()
    {
        List<string> wrong = [.. faults.Found];
        try
        {
            validator?.Validate();
        }
        catch (OptionsValidationException invalid)
        {
            wrong.AddRange(invalid.Failures);
        }
        catch (AggregateException several)
        {
            wrong.AddRange(
                several.InnerExceptions.OfType<OptionsValidationException>().SelectMany(invalid => invalid.Failures)
            );
        }
        catch (InvalidOperationException unreadable)
        {
            // The message quotes the value, which may be a secret in the wrong place.
            wrong.Add(
                UnreadableSetting.Find(unreadable) is { } key
                    ? $"{key} has a value of the wrong kind."
                    : "A setting has a value of the wrong kind."
            );
        }
        try
        {
            KnownProxies.Read(configuration);
            TelemetrySettings.Read(configuration);
        }
        catch (StartRefusedException refused)
        {
            wrong.Add(refused.Message);
        }
        if (wrong.Count > 0)
            return CheckResult.Fail(string.Join(' ', wrong));
        var unknown = KnownSettings.FindUnknown(configuration, root);
        return unknown.Count == 0
            ? CheckResult.Pass("All settings are valid.")
            : CheckResult.Warn($"There is no setting {string.Join(", ", unknown)}.");
    }
}
