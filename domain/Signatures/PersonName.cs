using System.Text;

namespace Campaigns.Signatures;

/// <summary>
/// A signer's name: 1-200 Unicode scalar values with at least one letter. http-api.md has the
/// rules; valid names are stored unchanged.
/// </summary>
public static class PersonName
{
    public const int Most = 200;

    /// <summary>From here on the digits of a name may be a telephone or identity number.</summary>
    public const int ManyDigits = 7;

    /// <summary>
    /// A null or blank name is a problem here. The disclosure decides whether the form needs a
    /// name.
    /// </summary>
    public static Canonical Check(string? typed)
    {
        var line = PlainText.Line(typed ?? "", Most);
        return line.Value switch
        {
            null => line,
            "" => Canonical.Wrong(InputProblem.Missing),
            var name when !PlainText.Any(name, PlainText.IsLetter) => Canonical.Wrong(InputProblem.NoLetter),
            _ => line,
        };
    }

    /// <summary>
    /// True when the name may contain a number that its owner does not want on paper. Such a name
    /// is valid; the confirm page shows a notice.
    /// </summary>
    public static bool HasManyDigits(string? name) =>
        name is not null && name.EnumerateRunes().Count(Rune.IsDigit) >= ManyDigits;
}
