using System.CommandLine;
using Campaigns.Api.Doctor;
using Campaigns.Db.Inspection;
using static Campaigns.Api.Commands.CommandDefinition;

namespace Campaigns.Api.Commands;

internal static class AuditCommand
{
    public static Command Audit()
    {
        var hash = new Option<string?>("--hash")
        {
            Description = "A hash from a certificate or manifest, which the chain must contain.",
        };
        return new Command("audit", "The audit trail.")
        {
            Define(
                "check",
                "Checks the chain over the audit trail, also while the server runs, and changes nothing. "
                    + "Exit codes: 0 all true, 1 a line was changed, deleted or inserted.",
                [hash],
                (parsed, settings) => CheckAsync(settings, parsed.GetValue(hash), parsed.InvocationConfiguration.Output)
            ),
        };
    }

    private static async Task<int> CheckAsync(string[] settings, string? hash, TextWriter output)
    {
        await using var installation = DoctorHost.Create(settings);
        var audit = installation.Get<AuditInspection>();
        var found = audit.Check(CancellationToken.None);
        await output.WriteLineAsync(found.Message);
        if (found.Fault is not null)
            return 1;
        if (hash is null)
            return 0;
        var link = audit.FindLink(hash);
        await output.WriteLineAsync(
            link is { } n
                ? $"The hash is that of link {n}."
                : "No link has this hash: the trail was changed or restored from an older backup, or the link ended."
        );
        return link is null ? 1 : 0;
    }
}
