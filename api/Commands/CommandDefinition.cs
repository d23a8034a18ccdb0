using System.CommandLine;

namespace Campaigns.Api.Commands;

/// <summary>What every command has in common.</summary>
internal static class CommandDefinition
{
    /// <summary>The exit code for an unknown argument or a command that could not run.</summary>
    public const int NotDone = 2;

    /// <summary>
    /// A command that takes settings besides its own arguments; any other argument is refused.
    /// </summary>
    public static Command Define(
        string name,
        string description,
        Symbol[] symbols,
        Func<ParseResult, string[], Task<int>> run
    )
    {
        var command = new Command(name, description) { TreatUnmatchedTokensAsErrors = false };
        foreach (var symbol in symbols)
        {
            if (symbol is Option option)
                command.Add(option);
            else
                command.Add((Argument)symbol);
        }
        command.SetAction(
            (parsed, _) =>
                FindUnknownArgument(parsed) is { } unknown
                    ? Task.FromResult(
                        WriteError($"'{unknown}' is neither part of this command nor a setting (--Section:Key=value).")
                    )
                    : run(parsed, [.. parsed.UnmatchedTokens])
        );
        return command;
    }

    /// <summary>
    /// The first argument that is not a setting. A misspelt option must not pass as a setting and
    /// be ignored.
    /// </summary>
    private static string? FindUnknownArgument(ParseResult parsed) =>
        parsed.UnmatchedTokens.FirstOrDefault(token =>
            !(
                token.StartsWith("--", StringComparison.Ordinal)
                && token.Contains(':', StringComparison.Ordinal)
                && token.Contains('=', StringComparison.Ordinal)
            ) && !token.StartsWith("--PublicUrl=", StringComparison.Ordinal)
        );

    /// <summary>Writes why a command did not run, and returns its exit code.</summary>
    public static int WriteError(string sentence)
    {
        Console.Error.WriteLine(sentence);
        return NotDone;
    }
}
