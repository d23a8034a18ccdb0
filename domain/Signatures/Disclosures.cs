namespace Campaigns;

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

    /// <summary>Parses a value from our own database.</summary>
    public static Disclosure Parse(string text) =>
        TryParse(text, out var disclosure) ? disclosure : throw new FormatException("Not a disclosure.");

    /// <summary>Refuses a disclosure of the name of a signer who gave none.</summary>
    public static Refusal? RefuseWithoutName(Disclosure disclosure, string? name) =>
        disclosure > Disclosure.Count && name is null
            ? Refusal.Validation("disclosure", "You gave no name, so there is nothing to show.")
            : null;

    public static Disclosure Lower(Disclosure one, Disclosure other) => one < other ? one : other;
}
