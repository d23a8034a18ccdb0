namespace Campaigns;

/// <summary>
/// The countries a signer can choose: the 249 assigned ISO 3166-1 alpha-2 codes and XK, with names
/// in English, Dutch, Norwegian Bokmål and Russian (Unicode CLDR). <c>ZZ</c> means any country the
/// campaign does not list. The names come from an embedded table. The machine's globalisation data
/// lacks EH and differs between machines, so packets would differ.
/// </summary>
public static class Country
{
    public const string Other = "ZZ";

    private static readonly Dictionary<string, Dictionary<string, string>> _names = ReadNames("Countries.tsv");

    // Code, three-letter code and time zone, from Debian's iso-codes and zone.tab of the IANA time zone database 2025b.
    private static readonly List<string[]> _codes = [.. ReadTable("CountryCodes.tsv").Skip(1)];
    private static readonly Dictionary<string, string> _timeZones = _codes.ToDictionary(row => row[0], row => row[2]);
    private static readonly Dictionary<string, string> _otherCodes = ReadOtherCodes();

    /// <summary>
    /// All codes a signer may choose, in ordinal order, without <see cref="Other"/>.
    /// </summary>
    public static IReadOnlyList<string> Codes { get; } =
    [.. _names.Keys.Where(code => code != Other).Order(StringComparer.Ordinal)];

    public static bool Exists(string code) => code != Other && _names.ContainsKey(code);

    /// <summary>
    /// The code that was probably meant: the same in capitals, the one of a three-letter code
    /// (ISO 3166-1 alpha-3), or GB for UK and GR for EL. Null when none is near.
    /// </summary>
    public static string? Suggest(string? typed)
    {
        var code = (typed ?? "").Trim().ToUpperInvariant();
        return Exists(code) ? code : _otherCodes.GetValueOrDefault(code);
    }

    /// <summary>
    /// The IANA time zone of the country's capital, or of most of its people; <c>Etc/UTC</c> where
    /// no one lives.
    /// </summary>
    public static string TimeZone(string code) => _timeZones[code];

    /// <summary>
    /// The country's name, in English if the table does not have the locale.
    /// </summary>
    public static string Name(string code, string locale) =>
        _names[code].GetValueOrDefault(locale) ?? _names[code][Locales.Default];

    /// <summary>
    /// The code under which the counts and the ledger record a country: itself when listed,
    /// otherwise <see cref="Other"/>.
    /// </summary>
    public static string Listed(string country, IReadOnlySet<string> listed) =>
        listed.Contains(country) ? country : Other;

    private static Dictionary<string, string> ReadOtherCodes()
    {
        // Reserved by ISO 3166 for the United Kingdom, and what the European Union writes for Greece.
        var codes = new Dictionary<string, string>(StringComparer.Ordinal) { ["UK"] = "GB", ["EL"] = "GR" };
        foreach (var row in _codes)
            codes[row[1]] = row[0];
        return codes;
    }

    /// <summary>The names of an embedded table, by code and by locale.</summary>
    internal static Dictionary<string, Dictionary<string, string>> ReadNames(string table)
    {
        var rows = ReadTable(table).ToList();
        var locales = rows[0][1..];
        return rows.Skip(1)
            .ToDictionary(
                row => row[0],
                row =>
                    locales.Zip(row[1..]).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal),
                StringComparer.Ordinal
            );
    }

    private static IEnumerable<string[]> ReadTable(string name)
    {
        using var stream = typeof(Country).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            yield return line.Split('\t');
    }
}
