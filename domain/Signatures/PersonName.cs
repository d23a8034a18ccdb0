namespace Campaigns.Signatures;

/// <summary>
/// A signer's name: 1-200 Unicode scalar values with at least one letter. http-api.md has the
/// rules; valid names are stored unchanged.
/// </summary>
public static class PersonName
{
    public const int Most = 200;

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
            "" => new(null, "A name is needed."),
            var name when !name.EnumerateRunes().Any(PlainText.IsLetter) => new(
                null,
                "A name has at least one letter."
            ),
            _ => line,
        };
    }
}
