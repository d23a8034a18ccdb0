namespace Campaigns;

/// <summary>
/// The countries a signer can choose: the 249 assigned ISO 3166-1 alpha-2 codes and XK, with names
/// in English, Dutch and Norwegian Bokmål (Unicode CLDR). <c>ZZ</c> means any country the campaign
/// does not list. The names come from an embedded table. The machine's globalisation data lacks EH
/// and differs between machines, so packets would differ.
/// </summary>
public static class Country
{
    public const string Other = "ZZ";

    private static readonly Dictionary<string, Dictionary<string, string>> _names = Read();

    /// <summary>
    /// All codes a signer may choose, in ordinal order, without <see cref="Other"/>.
    /// </summary>
    public static IReadOnlyList<string> Codes { get; } =
    [.. _names.Keys.Where(code => code != Other).Order(StringComparer.Ordinal)];

    public static bool Exists(string code) => code != Other && _names.ContainsKey(code);

    /// <summary>
    /// The country's name, in English if the locale is not one of <see cref="Locales.Supported"/>.
    /// </summary>
    public static string Name(string code, string locale) =>
        _names[code][Locales.Supports(locale) ? locale : Locales.Default];

    /// <summary>
    /// The code under which the counts and the ledger record a country: itself when listed,
    /// otherwise <see cref="Other"/>.
    /// </summary>
    public static string Listed(string country, IReadOnlySet<string> listed) =>
        listed.Contains(country) ? country : Other;

    private static Dictionary<string, Dictionary<string, string>> Read()
    {
        using var stream = typeof(Country).Assembly.GetManifestResourceStream("Countries.tsv")!;
        using var reader = new StreamReader(stream);
        var locales = reader.ReadLine()!.Split('\t')[1..];
        var names = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split('\t');
            names[fields[0]] = locales
                .Zip(fields[1..])
                .ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        }
        return names;
    }
}
