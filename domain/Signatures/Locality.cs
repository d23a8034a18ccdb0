using System.Text;

namespace Campaigns.Signatures;

/// <summary>
/// The place where a signer lives, as typed; optional, at most 100 Unicode scalar values.
/// </summary>
public static class Locality
{
    public const int Most = 100;

    /// <summary>
    /// A null or blank locality gives null without a problem. A digit suffices instead of a letter,
    /// because numbered places exist.
    /// </summary>
    public static Canonical Check(string? typed)
    {
        var line = PlainText.Line(typed ?? "", Most);
        return line.Value switch
        {
            null => line,
            "" => new(null, null),
            var place when !PlainText.Any(place, IsLetterOrDigit) => new(
                null,
                "A locality has at least one letter or digit."
            ),
            _ => line,
        };
    }

    private static bool IsLetterOrDigit(Rune rune) => PlainText.IsLetter(rune) || Rune.IsNumber(rune);
}
