using System.Globalization;

namespace Campaigns;

/// <summary>Numbers with their nouns, for English sentences of commands and logs.</summary>
public static class Plural
{
    /// <summary>
    /// <c>1 signature</c>, <c>2 signatures</c>; <c>0 entries</c> with the plural given.
    /// </summary>
    /// <param name="number">How many.</param>
    /// <param name="one">The noun for one.</param>
    /// <param name="many">The noun for more, if it is not the first with an s.</param>
    public static string Count(long number, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {(number == 1 ? one : many ?? one + "s")}");
}
