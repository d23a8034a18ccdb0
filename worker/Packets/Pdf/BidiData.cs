using System.Globalization;
using System.Text;

namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// Bidi_Class and paired brackets from the Unicode Character Database, so that pages do not depend
/// on the machine's Unicode data. The tables name their version.
/// </summary>
internal static class BidiData
{
    private static readonly BidiClass[] _classes = ReadClasses();
    private static readonly Dictionary<int, (int Pair, bool Opens)> _brackets = ReadBrackets();

    public static BidiClass ClassOf(Rune rune) => _classes[rune.Value];

    /// <summary>
    /// Returns the bracket that closes this opening bracket, or null. Canonically equivalent
    /// brackets are one.
    /// </summary>
    public static int? ClosingOf(Rune rune) =>
        _brackets.TryGetValue(rune.Value, out var bracket) && bracket.Opens ? Folded(bracket.Pair) : null;

    /// <summary>Returns the closing bracket itself, or null when it is none.</summary>
    public static int? AsClosing(Rune rune) =>
        _brackets.TryGetValue(rune.Value, out var bracket) && !bracket.Opens ? Folded(rune.Value) : null;

    // U+232A is canonically equivalent to U+3009: the only brackets with such a twin.
    private static int Folded(int closing) => closing == 0x232A ? 0x3009 : closing;

    private static BidiClass[] ReadClasses()
    {
        var classes = new BidiClass[0x110000];
        foreach (var fields in Rows("BidiClasses.tsv"))
        {
            var first = Code(fields[0]);
            Array.Fill(classes, Enum.Parse<BidiClass>(fields[2]), first, Code(fields[1]) - first + 1);
        }
        return classes;
    }

    private static Dictionary<int, (int Pair, bool Opens)> ReadBrackets() =>
        Rows("BidiBrackets.tsv").ToDictionary(fields => Code(fields[0]), fields => (Code(fields[1]), fields[2] == "o"));

    private static IEnumerable<string[]> Rows(string resource)
    {
        using var stream = typeof(BidiData).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (!line.StartsWith('#'))
                yield return line.Split('\t');
    }

    private static int Code(string hex) => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
