using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Packets.Documents;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace Campaigns.Tests.Unit.Packets;

/// <summary>
/// The standards that archives and readers aloud ask of the printed matter:
/// <see cref="PdfStandard"/> and <see cref="PdfAccessibility"/> say which rules are checked.
/// </summary>
public sealed class PdfStandardTests
{
    private static readonly string[] _names =
    [
        "Kari Nordmann",
        "Ivan – Иван",
        "محمد بن سلمان",
        "שָׁלוֹם יוסי",
        "नमस्ते क्षत्रिय",
        "សុខា ខ្មែរ",
        "Ｗ 王小明 김",
        "😀 \u0301\u0302",
        "a\uFEFFb",
        new('W', 200),
    ];

    [Theory]
    [InlineData("en")]
    [InlineData("nl")]
    [InlineData("nb")]
    [InlineData("ru")]
    public void Letter_is_PDF_A_2a_and_PDF_UA_1(string locale) =>
        CheckTagged(Write(locale, CoverLetter.Write), locale, headings: 6);

    [Theory]
    [InlineData("en")]
    [InlineData("nl")]
    [InlineData("nb")]
    [InlineData("ru")]
    public void Certificate_is_PDF_A_2a_and_PDF_UA_1(string locale) =>
        CheckTagged(Write(locale, CountCertificate.Write), locale, headings: 4);

    [Theory]
    [InlineData(Disclosure.Name)]
    [InlineData(Disclosure.Initials)]
    public void Volume_is_PDF_A_2u(Disclosure disclosure)
    {
        var lines = Enumerable
            .Range(1, 300)
            .Select(n => new SignatureLine(n, _names[n % _names.Length], "Bath", new DateOnly(2019, 5, 17)))
            .ToList();
        var isName = disclosure == Disclosure.Name;
        var pdf = Write("nb", (stream, words, facts) =>
            SignatureVolume.Write(stream, words, facts, new("GB", 1, 1, 300, isName, isName), lines)
        );
        Pdf.Check(pdf);
        new PdfStandard(pdf).CheckArchive("U");
        Assert.DoesNotContain("BMC", string.Join(' ', Operators(pdf)), StringComparison.Ordinal);
    }

    [Fact]
    public void Poppler_finds_every_font_embedded_and_the_language_of_the_document()
    {
        foreach (var pdf in (byte[][])[Write("nb", CoverLetter.Write), Write("nb", CountCertificate.Write)])
        {
            var path = Path.GetTempFileName();
            File.WriteAllBytes(path, pdf);
            var fonts = Command.Run("pdffonts", path).Split('\n', StringSplitOptions.RemoveEmptyEntries)[2..];
            Assert.NotEmpty(fonts);
            Assert.All(fonts, font => Assert.Matches("CID TrueType +Identity-H +yes yes yes", font));
            var info = Command.Run("pdfinfo", path);
            Assert.Matches("Tagged: +yes", info);
            Assert.DoesNotContain("Producer", info, StringComparison.Ordinal);
            File.Delete(path);
        }
    }

    private static void CheckTagged(byte[] pdf, string locale, int headings)
    {
        Pdf.Check(pdf);
        var standard = new PdfStandard(pdf);
        standard.CheckArchive("A");
        var accessibility = new PdfAccessibility(standard);
        accessibility.Check();
        Assert.Equal(headings, accessibility.Headings.Count);
        Assert.Equal(locale, standard.Objects.Text(standard.Objects.Catalogue, "/Lang"));
    }

    private static IEnumerable<string> Operators(byte[] pdf)
    {
        var objects = PdfObjects.Read(pdf);
        return objects.Pages().SelectMany(objects.Content).Select(one => one.Operator);
    }

    private static byte[] Write(string locale, Action<Stream, PacketWords, PacketFacts> write)
    {
        using var services = new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider();
        using var stream = new MemoryStream();
        write(
            stream,
            new PacketWords(services.GetRequiredService<IStringLocalizer<PacketTexts>>(), locale),
            VolumeTests.Facts(Disclosure.Name, locale) with
            {
                Organisation = "Example <Rights> & Friends, Организация",
                // More countries than a page has room for: the table has heads that are repeated.
                Countries =
                [
                    .. Country
                        .Codes.Take(80)
                        .Select((code, n) => (Code: code, Counts: new PacketCounts(9 * n, 4 * n, 3 * n, 2 * n, 0)))
                        .Select(country => new CountryFacts(country.Code, country.Counts, 1, 0)),
                ],
                Texts = [new("en", 1, new string('a', 64), 10), new("ar", 1, new string('b', 64), 5)],
                SignedTexts =
                [
                    new(new("en", 1, "Investigate", "We ask you.\n\nWe ask again.", new string('a', 64)), 10),
                    new(new("ar", 1, "نطلب التحقيق", "نطلب منكم (2019).", new string('b', 64)), 5),
                ],
            }
        );
        return stream.ToArray();
    }
}
