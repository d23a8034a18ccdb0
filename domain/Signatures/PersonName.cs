namespace Campaigns.Signatures;

/// <summary>
/// A signer's name: 1-200 Unicode scalar values with at least one letter. The rules of http-api.md;
/// exact round trip of the rest.
/// </summary>
public static class PersonName
{
    public const int Most = 200;

    /// <summary>
    /// Null and blank are a problem here; whether a name is needed at all the disclosure decides.
    /// </summary>
    public static Canonical Check(string? typed)
    {
        var line = PlainText.Line(typed ?? "", Most);
        return line.Value switch
        {
            null => line,
            "" => new(null, "A name is needed."),
            var name when !name.EnumerateRunes().Any(PlainText.IsLetter) => new(
                null,
                "A name has at least one letter."
            ),
            _ => line,
        };
    }
}

/// <summary>
/// Where in the country a signer lives, as they put it; optional, at most 100 Unicode scalar
/// values.
/// </summary>
public static class Locality
{
    public const int Most = 100;

    /// <summary>
    /// Null and blank give the value null without a problem. Numbered places exist, so a digit does
    /// where there is no letter.
    /// </summary>
    public static Canonical Check(string? typed)
    {
        var line = PlainText.Line(typed ?? "", Most);
        return line.Value switch
        {
            null => line,
            "" => new(null, null),
            var place
                when !place.EnumerateRunes().Any(rune => PlainText.IsLetter(rune) || System.Text.Rune.IsNumber(rune)) =>
                new(null, "A locality has at least one letter or digit."),
            _ => line,
        };
    }
}
