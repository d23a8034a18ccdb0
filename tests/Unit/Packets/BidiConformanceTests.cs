using System.Globalization;
using System.IO.Compression;
using System.Text;
using Campaigns.Worker.Packets.Pdf;

namespace Campaigns.Tests.Unit.Packets;

/// <summary>
/// The conformance tests of the Unicode bidirectional algorithm, of the version of the tables
/// (tests/tools/unicode_data.py). Each has a line a case; levels and the order are compared.
/// </summary>
public sealed class BidiConformanceTests
{
    [Fact]
    public void Bidi_passes_BidiCharacterTest()
    {
        var cases = 0;
        foreach (var line in Lines("BidiCharacterTest.txt.gz"))
        {
            // Characters; direction 0, 1 or 2 (by the first strong one); its level; levels; order.
            var fields = line.Split(';');
            Rune[] text = [.. fields[0].Split(' ').Select(Scalar)];
            var rightToLeft = fields[1] switch
            {
                "0" => false,
                "1" => true,
                _ => Bidi.IsRightToLeft(string.Concat(text)),
            };
            Assert.True(fields[2] == (rightToLeft ? "1" : "0"), line);
            Check(line, Bidi.Levels(text, rightToLeft), fields[3], fields[4]);
            cases++;
        }
        Assert.InRange(cases, 90_000, 100_000);
    }

    [Fact]
    public void Bidi_passes_BidiTest()
    {
        string levels = "",
            order = "";
        var cases = 0;
        foreach (var line in Lines("BidiTest.txt.gz"))
        {
            if (line.StartsWith("@Levels:", StringComparison.Ordinal))
                levels = line["@Levels:".Length..].Trim();
            else if (line.StartsWith("@Reorder:", StringComparison.Ordinal))
                order = line["@Reorder:".Length..].Trim();
            else if (!line.StartsWith('@'))
            {
                // Classes, and a bit each for: by the first strong one, left to right, right to left.
                var fields = line.Split(';');
                BidiClass[] classes = [.. fields[0].Split(' ').Select(Enum.Parse<BidiClass>)];
                var directions = int.Parse(fields[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                for (var bit = 0; bit < 3; bit++)
                {
                    if ((directions & (1 << bit)) == 0)
                        continue;
                    var rightToLeft = bit == 0 ? Bidi.IsRightToLeft(classes, 0) : bit == 2;
                    Check(line, Bidi.Levels(classes, null, rightToLeft), levels, order);
                    cases++;
                }
            }
        }
        Assert.InRange(cases, 700_000, 800_000);
    }

    [Fact]
    public void Tables_and_conformance_tests_are_of_one_version()
    {
        using var stream = typeof(Bidi).Assembly.GetManifestResourceStream("BidiClasses.tsv")!;
        var table = new StreamReader(stream).ReadToEnd();
        using var test = new StreamReader(Open("BidiCharacterTest.txt.gz"));
        var version = test.ReadLine()!["# BidiCharacterTest-".Length..].Replace(".txt", "", StringComparison.Ordinal);
        Assert.Contains($"Unicode Character Database {version},", table, StringComparison.Ordinal);
    }

    // "x" stands for a scalar that X9 removes: it has no level and no place in the order.
    private static void Check(string line, byte[] levels, string expectedLevels, string expectedOrder)
    {
        var expected = expectedLevels.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var kept = Enumerable.Range(0, levels.Length).Where(i => expected[i] != "x").ToArray();
        for (var i = 0; i < levels.Length; i++)
            Assert.True(expected[i] == "x" || byte.Parse(expected[i], CultureInfo.InvariantCulture) == levels[i], line);
        var order = Bidi.VisualOrder([.. kept.Select(i => levels[i])]).Select(i => kept[i]);
        Assert.True(string.Join(' ', order) == expectedOrder, line);
    }

    private static Rune Scalar(string hex) => new(int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    private static IEnumerable<string> Lines(string resource)
    {
        using var reader = new StreamReader(Open(resource));
        while (reader.ReadLine() is { } line)
            if (line.Length > 0 && line[0] != '#')
                yield return line;
    }

    private static GZipStream Open(string resource) =>
        new(typeof(BidiConformanceTests).Assembly.GetManifestResourceStream(resource)!, CompressionMode.Decompress);
}
