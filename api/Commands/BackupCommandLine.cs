using System.CommandLine;
using Campaigns.Db;
using static Campaigns.Api.Commands.CommandDefinition;

namespace Campaigns.Api.Commands;

/// <summary>The commands that make, decrypt, try and restore backups.</summary>
internal static class BackupCommandLine
{
    public static Command Backup()
    {
        var to = new Argument<DirectoryInfo>("TO") { Description = "A folder, which the command creates." };
        var backup = Define(
            "backup",
            "Copies the database, also while the server runs. Keys and packets are not in it.",
            [to],
            (parsed, settings) => BackupCommand.BackUpAsync(settings, parsed.GetValue(to)!)
        );
        backup.Add(Open());
        return backup;
    }

    public static Command Restore()
    {
        var from = new Argument<DirectoryInfo>("FROM") { Description = "A folder that backup created." };
        var withoutJournal = new Option<bool>(WithoutJournal.Option)
        {
            Description = "Restores although lines of the journal are lost: people who left since may come back.",
        };
        return Define(
            "restore",
            "Replaces the database with a backup; the server must not run, and the journal must be in the data folder.",
            [from, withoutJournal],
            (parsed, settings) =>
                BackupCommand.RestoreAsync(settings, parsed.GetValue(from)!, parsed.GetValue(withoutJournal))
        );
    }

    public static Command RestoreDrill()
    {
        var from = new Argument<string>("FROM")
        {
            Description = "A folder that backup created, or a scheduled backup with --key.",
        };
        var key = new Option<FileInfo?>("--key") { Description = "The PEM file of the private key." };
        return Define(
            "restore-drill",
            "Restores a backup beside the database, checks counts and ledgers, and deletes the copy. "
                + "Exit codes: 0 it can be restored, 1 it cannot, 2 not tried.",
            [from, key],
            (parsed, settings) => RestoreDrillCommand.RunAsync(settings, parsed.GetValue(from)!, parsed.GetValue(key))
        );
    }

    private static Command Open()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A scheduled backup." };
        var to = new Argument<DirectoryInfo>("TO") { Description = "A folder, which the command creates." };
        var key = new Option<FileInfo>("--key")
        {
            Description = "The PEM file of the private key, without a password.",
            Required = true,
        };
        // Accepts no settings, because it needs no installation.
        var command = new Command("open", "Decrypts a scheduled backup, for restore.") { file, to, key };
        command.SetAction(
            (parsed, _) => BackupCommand.OpenAsync(parsed.GetValue(file)!, parsed.GetValue(key)!, parsed.GetValue(to)!)
        );
        return command;
    }
}
