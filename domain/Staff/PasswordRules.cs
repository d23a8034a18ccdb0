using System.Globalization;

namespace Campaigns.Staff;

/// <summary>
/// Which passwords staff may choose. Guessing tries common words, names, repetitions and rows of
/// keys first, so a password that is little more than one of them is refused. Nothing else is asked
/// for: no digits, no capitals (NIST SP 800-63B, 3.1.1.2).
/// </summary>
public static class PasswordRules
{
    public const int Least = 12;

    /// <summary>Enough for a sentence; a longer text would only cost time to hash.</summary>
    public const int Most = 256;

    // What is left of a password without its common words and rows must be worth guessing.
    private const int LeastOwn = 8;
    private const int LeastDifferent = 5;
    private const int ShortestRun = 4;

    // The words that the lists of leaked passwords are made of; such lists have almost no entry of 12 characters.
    private static readonly string[] _common =
    [
        .. """
        password passwort wachtwoord passord welcome welkom velkommen willkommen letmein iloveyou admin
        administrator login master monkey dragon football baseball soccer princess sunshine shadow superman
        batman starwars pokemon michael jennifer jordan charlie daniel thomas secret hemmelig geheim test
        change changeme default guest access hello summer winter spring autumn sommer vinter lente zomer
        herfst trustno qazwsx asdf zxcv qwerty azerty campaign petition campagne kampanje petitie opprop
        january february march april june july august september october november december london amsterdam
        oslo computer internet freedom
        """.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries),
    ];

    private static readonly string[] _rows =
    [
        "abcdefghijklmnopqrstuvwxyz",
        "01234567890",
        "qwertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "azertyuiop",
        "qsdfghjklm",
    ];

    // Every part of a row, forwards and backwards, the longest first.
    private static readonly string[] _runs =
    [
        .. _rows
            .SelectMany(row => Runs(row).Concat(Runs(new string([.. row.Reverse()]))))
            .OrderByDescending(run => run.Length),
    ];

    /// <summary>
    /// Null for a good password; else what is wrong. <paramref name="own"/> are words that belong
    /// to the member or the site.
    /// </summary>
    public static PasswordProblem? Check(string password, params string[] own)
    {
        var length = new StringInfo(password).LengthInTextElements;
        if (length < Least)
            return PasswordProblem.TooShort;
        if (password.Length > Most)
            return PasswordProblem.TooLong;
        var plain = password.ToLowerInvariant();
        if (plain.Distinct().Count() < LeastDifferent || IsRepeated(plain))
            return PasswordProblem.TooSimple;
        var words = own.SelectMany(Words).Concat(_common).OrderByDescending(word => word.Length);
        foreach (var word in words)
            plain = plain.Replace(word, "", StringComparison.Ordinal);
        return WithoutRuns(plain).Count(char.IsLetterOrDigit) < LeastOwn && plain.Length < password.Length
                ? PasswordProblem.TooCommon
            : WithoutRuns(plain).Length < LeastOwn ? PasswordProblem.TooSimple
            : null;
    }

    private static IEnumerable<string> Words(string text) =>
        text.ToLowerInvariant()
            .Split([' ', '.', '@', '-', '_', '+'], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word.Length >= ShortestRun);

    private static bool IsRepeated(string text) =>
        Enumerable
            .Range(1, text.Length / 2)
            .Any(length =>
                text.Length % length == 0 && Enumerable.Range(0, text.Length).All(at => text[at] == text[at % length])
            );

    // Takes rows of keys, forwards and backwards, out of a text.
    private static string WithoutRuns(string text) =>
        _runs.Aggregate(text, (rest, run) => rest.Replace(run, "", StringComparison.Ordinal));

    private static IEnumerable<string> Runs(string row) =>
        from length in Enumerable.Range(ShortestRun, row.Length - ShortestRun + 1).Reverse()
        from start in Enumerable.Range(0, row.Length - length + 1)
        select row.Substring(start, length);
}
