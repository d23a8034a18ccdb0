using System.Text;
using Campaigns.Signatures;
using Campaigns.Worker.Packets.Build;
using Campaigns.Worker.Packets.Documents;
using CsCheck;

namespace Campaigns.Tests.Unit.Exports;

/// <summary>No cell of an export is a formula, wherever a spreadsheet splits its line.</summary>
public sealed class SpreadsheetCellTests
{
    [Theory]
    [InlineData("Kari;=1+1;x", "Kari;'=1+1;x")]
    [InlineData("=SUM(A1)", "'=SUM(A1)")]
    [InlineData("a,+1", "a,'+1")]
    [InlineData("a\t-1", "a\t'-1")]
    [InlineData("a;; @x", "a;; '@x")]
    [InlineData("\u00A0+x", "\u00A0'+x")]
    [InlineData("\u3000＝y", "\u3000'＝y")]
    [InlineData("＋1,－2;＠3", "'＋1,'－2;'＠3")]
    [InlineData("\"=1", "\"'=1")]
    [InlineData("\u200B\uFE0F=1", "\u200B\uFE0F'=1")]
    [InlineData("\U000E0020=1", "\U000E0020'=1")]
    [InlineData("==1", "'==1")]
    [InlineData("Anna-Lena + Kari = 2", "Anna-Lena + Kari = 2")]
    [InlineData("Smith, Jr.", "Smith, Jr.")]
    [InlineData("", "")]
    public void Sign_at_the_start_of_a_piece_gets_an_apostrophe(string typed, string guarded) =>
        Assert.Equal(guarded, SpreadsheetCell.Guard(typed));

    [Fact]
    public void No_cell_of_the_table_begins_with_a_formula_sign_at_any_separator()
    {
        var part = Gen.OneOf(
            "=",
            "+",
            "-",
            "@",
            "＝",
            "＋",
            "－",
            "＠",
            ",",
            ";",
            "\t",
            "\"",
            "'",
            " ",
            "\u00A0",
            "\u2003",
            "\u200B",
            "\u00AD",
            "\u034F",
            "\uFE0F",
            "\u2060",
            "\U000E0020",
            "\U000E0100",
            "A",
            "é",
            "7",
            "名"
        );
        var text = part.Array[0, 12].Select(string.Concat);
        Gen.Select(text, text, Gen.Bool)
            .Sample(
                (name, locality, semicolons) =>
                {
                    using var stream = new MemoryStream();
                    using (var csv = new CsvPart(stream, semicolons ? ';' : ','))
                        csv.Add(
                            new VolumeFacts("NO", 1, 1, 1, HasNames: true, HasPlaces: true),
                            new SignatureLine(1, name, locality, new DateOnly(2019, 5, 17))
                        );
                    AssertHarmless(Encoding.UTF8.GetString(stream.ToArray()));
                },
                iter: 20_000
            );
    }

    [Fact]
    public void No_country_in_the_counts_begins_with_a_formula_sign()
    {
        foreach (var locale in Locales.Supported)
            foreach (var code in Country.Codes.Append(Country.Other))
                AssertHarmless($"{code},{Country.Name(code, locale)},1,100");
    }

    /// <summary>
    /// Splits as a spreadsheet does that splits at each separator, also in quotes.
    /// </summary>
    internal static void AssertHarmless(string table)
    {
        foreach (var piece in table.Split(',', ';', '\t', '\r', '\n'))
        {
            var first = piece
                .EnumerateRunes()
                .FirstOrDefault(rune => rune.Value != '"' && !Rune.IsWhiteSpace(rune) && !Characters.IsIgnorable(rune));
            Assert.DoesNotContain(first.ToString(), "=+-@＝＋－＠", StringComparison.Ordinal);
        }
    }
}
