using System.CommandLine;
using Campaigns.Db;
using Campaigns.Db.Keys;
using static Campaigns.Api.Commands.CommandDefinition;

namespace Campaigns.Api.Commands;

/// <summary>
/// The commands besides serving. Arguments that are not part of a command are settings
/// (<c>--Section:Key=value</c>). Results go to standard output, everything else to standard error.
/// </summary>
public static class CommandLine
{
    /// <summary>
    /// Runs the command of the arguments and returns its exit code; see each command for its codes.
    /// </summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        var parsed = Root().Parse(args);
        var code = await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = output,
                Error = errors,
            }
        );
        return parsed.Errors.Count > 0 ? CommandDefinition.NotDone : code;
    }

    private static RootCommand Root()
    {
        var root = new RootCommand("Campaign: signatures, honest counts, packets. Without a command it serves.")
        {
            Migrate(),
            StaffCommandLine.Staff(),
            Keys(),
            BackupCommandLine.Backup(),
            BackupCommandLine.Restore(),
            BackupCommandLine.RestoreDrill(),
            Move(),
            Ledger(),
            AuditCommand.Audit(),
            Journal(),
            Mail(),
            Freeze(),
            Unfreeze(),
            Doctor(),
            SupportBundle(),
            Verify(),
            Demo(),
            OpenApi(),
        };
        var withoutJournal = new Option<bool>(WithoutJournal.Option)
        {
            Description =
                "Serves although lines of the journal are lost. Readiness names the loss until it is acknowledged.",
        };
        root.Add(withoutJournal);
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction(
            (parsed, stopping) =>
                ServeCommand.RunAsync([.. parsed.UnmatchedTokens], parsed.GetValue(withoutJournal), stopping)
        );
        return root;
    }

    private static Command Migrate()
    {
        var plan = new Option<bool>("--plan") { Description = "Prints what would run, and changes nothing." };
        return Define(
            "migrate",
            "Creates the database or migrates it to this version, and ends.",
            [plan],
            (parsed, settings) =>
                parsed.GetValue(plan)
                    ? MigrateCommand.PlanAsync(
                        settings,
                        parsed.InvocationConfiguration.Output,
                        parsed.InvocationConfiguration.Error
                    )
                    : MigrateCommand.RunAsync(settings)
        );
    }

    private static Command Keys()
    {
        var rotated = new Argument<string>("KIND") { Description = "root, index, token or signing." };
        rotated.AcceptOnlyFromAmong([.. KeyStore.Kinds]);
        var retired = new Argument<string>("KIND") { Description = "root, index or token." };
        retired.AcceptOnlyFromAmong([.. KeyStore.Kinds]);
        var version = new Argument<int>("VERSION") { Description = "The version that keys list shows." };
        return new Command("keys", "The keys of this installation.")
        {
            Define("list", "Lists versions and the rows that still need them.", [], (_, settings) =>
                KeysCommand.ListAsync(settings)
            ),
            Define(
                "rotate",
                "Creates a new version; a running server loads it without a restart.",
                [rotated],
                (parsed, settings) => KeysCommand.RotateAsync(settings, parsed.GetValue(rotated)!)
            ),
            Define(
                "retire",
                "Retires a version that no row needs, so that its file may be removed.",
                [retired, version],
                (parsed, settings) =>
                    KeysCommand.RetireAsync(settings, parsed.GetValue(retired)!, parsed.GetValue(version))
            ),
        };
    }

    private static Command Move()
    {
        var to = new Option<string>("--to")
        {
            Description =
                "The connection string of an empty PostgreSQL database. "
                + "PGPASSWORD or PGPASSFILE may supply the password.",
            Required = true,
        };
        return Define(
            "move",
            "Migrates the installation to PostgreSQL permanently, also while the server runs. "
                + "The old database refuses writes from then on.",
            [to],
            (parsed, settings) => MoveCommand.RunAsync(settings, parsed.GetValue(to)!)
        );
    }

    private static Command Ledger()
    {
        var file = new Argument<FileInfo>("FILE")
        {
            Description = "The published lines from /api/campaigns/SLUG/ledger: all, or those that the database lacks.",
        };
        var campaign = new Option<string>("--campaign") { Description = "The slug of the campaign.", Required = true };
        return new Command("ledger", "The public ledger.")
        {
            Define(
                "import",
                "Adds missing published lines to a database from an older backup; the server must not run.",
                [file, campaign],
                (parsed, settings) =>
                    LedgerCommand.ImportAsync(settings, parsed.GetValue(file)!, parsed.GetValue(campaign)!)
            ),
        };
    }

    private static Command Journal() =>
        new("journal", "What the database knows of the journal outside it.")
        {
            Define(
                "list",
                "Lists the files of all machines, and whether they are in this data folder.",
                [],
                (_, settings) => JournalCommand.ListAsync(settings)
            ),
            Define(
                "acknowledge",
                "Ends the reports of lost lines, after a start or restore with --without-journal.",
                [],
                (_, settings) => JournalCommand.AcknowledgeAsync(settings)
            ),
        };

    private static Command Mail() =>
        new("mail", "What a mail server passes on.")
        {
            Define(
                "bounce",
                "Reads a report of a letter that came back from standard input, also while the server runs. "
                    + "Exit codes: 0 read, 1 not a report of a letter from here, 75 try again.",
                [],
                (_, settings) => MailCommand.ReadBounceAsync(settings, Console.OpenStandardInput())
            ),
        };

    private static Command Freeze()
    {
        var reason = new Option<string>("--reason") { Description = "Why, for staff.", Required = true };
        var until = new Option<string?>("--until")
        {
            Description = "The instant at which it ends by itself, such as 2019-05-17T09:00:00Z.",
        };
        return Define(
            "freeze",
            "Stops signing, letters, packets and downloads within a second, also while the server runs.",
            [reason, until],
            (parsed, settings) => FreezeCommand.BeginAsync(settings, parsed.GetValue(reason)!, parsed.GetValue(until))
        );
    }

    private static Command Unfreeze() =>
        Define("unfreeze", "Ends a freeze.", [], (_, settings) => FreezeCommand.EndAsync(settings));

    private static Command Doctor()
    {
        var json = new Option<bool>("--json") { Description = "Prints the results as JSON." };
        var test = new Option<string?>("--send-test") { Description = "Sends one test letter to this address." };
        return Define(
            "doctor",
            "Checks the installation, also while the server runs, and changes nothing. "
                + "Exit codes: 0 fine, 1 warnings, 2 broken.",
            [json, test],
            (parsed, settings) =>
                DoctorCommand.RunAsync(
                    settings,
                    parsed.GetValue(json),
                    parsed.GetValue(test),
                    parsed.InvocationConfiguration.Output
                )
        );
    }

    private static Command SupportBundle()
    {
        var to = new Argument<FileInfo?>("TO")
        {
            Description = "The ZIP file, which the command creates.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return Define(
            "support-bundle",
            "Collects versions, checks, masked settings and the end of the log in a ZIP, without rows or secrets.",
            [to],
            (parsed, settings) =>
                SupportBundleCommand.RunAsync(settings, parsed.GetValue(to), parsed.InvocationConfiguration.Output)
        );
    }

    private static Command Verify()
    {
        var packet = new Argument<string>("PACKET.zip") { Description = "The packet." };
        var keys = new Option<string>("--keys") { Description = "The JSON Web Key set from the site's /api/keys." };
        var ledger = new Option<string>("--ledger") { Description = "The published ledger, one line an entry." };
        var certificate = new Option<string>("--certificate") { Description = "Whose signature to trust, PEM or DER." };
        // Accepts no settings, because it needs no installation.
        var command = new Command(
            "verify",
            "Checks a packet. Exit codes: 0 everything true, 1 something false, 2 something could not be checked."
        )
        {
            packet,
            keys,
            ledger,
            certificate,
        };
        command.SetAction(parsed =>
            VerifyCommand.Run(
                parsed.GetValue(packet)!,
                parsed.GetValue(keys),
                parsed.GetValue(ledger),
                parsed.GetValue(certificate),
                parsed.InvocationConfiguration.Output
            )
        );
        return command;
    }

    private static Command Demo()
    {
        var signatures = new Option<int>("--signatures")
        {
            Description = "The number of signers.",
            DefaultValueFactory = _ => 2000,
        };
        signatures.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1_000_000)
                result.AddError("The number of signers is 1 to 1,000,000.");
        });
        return Define(
            "demo",
            "Signs, confirms and builds a packet on the example campaign, through the server.",
            [signatures],
            (parsed, settings) => DemoCommand.RunAsync(settings, parsed.GetValue(signatures))
        );
    }

    private static Command OpenApi()
    {
        var command = new Command("openapi", "Prints the OpenAPI document; docs/openapi.json is its copy.");
        command.SetAction((parsed, _) => OpenApiCommand.RunAsync(parsed.InvocationConfiguration.Output));
        return command;
    }
}
