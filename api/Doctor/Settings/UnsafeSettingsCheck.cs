using Campaigns.Checks;
using Campaigns.Worker;
using Campaigns.Worker.Mail;
using Campaigns.Worker.Telemetry;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Doctor.Settings;

/// <summary>No setting for trying the program out is left in a public installation.</summary>
internal sealed class UnsafeSettingsCheck(
    IConfiguration configuration,
    IHostEnvironment environment,
    PublicAddress address,
    IOptions<MailOptions> mail
) : ICheck
{
    public static string Name => "unsafe-settings";

    private bool IsPublic => !new Uri(address.Url).IsLoopback;

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        List<string> broken = [];
        List<string> doubtful = [];
        if (IsPublic && environment.IsDevelopment())
            broken.Add("The environment is Development, in which every visitor may enter the console.");
        if (IsPublic && !address.Url.StartsWith("https:", StringComparison.Ordinal))
            broken.Add("PublicUrl begins with http: signatures and links cross the network in clear.");
        if (!configuration.GetValue("Limits:Enabled", true))
            doubtful.Add("Limits:Enabled is false: nothing bounds requests from a network.");
        if (!environment.IsDevelopment() && mail.Value.Transport == MailTransport.Folder)
            doubtful.Add("Mail:Transport is folder: letters are written to files and reach no one.");
        if (mail.Value.Transport == MailTransport.Smtp && mail.Value.Security == MailSecurity.None)
            doubtful.Add("Mail:Security is none: letters with links leave this machine in clear.");
        if (TelemetrySettings.Read(configuration).ListenBeyondThisMachine is { Count: > 0 })
            doubtful.Add(
                "Metrics:Urls listens beyond this machine: it shows figures by country before they are public."
            );
        return Task.FromResult(
            broken.Count > 0 ? CheckResult.Fail(string.Join(' ', broken.Concat(doubtful)))
            : doubtful.Count > 0 ? CheckResult.Warn(string.Join(' ', doubtful))
            : CheckResult.Pass("No setting is unsafe.")
        );
    }
}
