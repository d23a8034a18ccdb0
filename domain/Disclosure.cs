namespace Campaigns;

/// <summary>What a recipient may see of a signer. Ordered: the lower of two always wins.</summary>
public enum Disclosure
{
    /// <summary>The signer appears only inside a number.</summary>
    Count = 0,

    /// <summary>First letters of the name.</summary>
    Initials = 1,

    /// <summary>The name, and the locality if one was given.</summary>
    Name = 2,
}

public static class Disclosures
{
    public static string Text(this Disclosure disclosure) =>
        disclosure switch
        {
            Disclosure.Count => "count",
            Disclosure.Initials => "initials",
            Disclosure.Name => "name",
            _ => throw new ArgumentOutOfRangeException(nameof(disclosure)),
        };

    public static bool TryParse(string? text, out Disclosure disclosure)
    {
        disclosure = text switch
        {
            "initials" => Disclosure.Initials,
            "name" => Disclosure.Name,
            _ => Disclosure.Count,
        };
        return text is "count" or "initials" or "name";
    }

    /// <summary>For text our own database holds.</summary>
    public static Disclosure Parse(string text) =>
        TryParse(text, out var disclosure) ? disclosure : throw new FormatException("Not a disclosure.");

    public static Disclosure Lower(Disclosure one, Disclosure other) => one < other ? one : other;
}
