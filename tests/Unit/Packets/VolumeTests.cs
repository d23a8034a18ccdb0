using System.Diagnostics;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Packets.Documents;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace Campaigns.Tests.Unit.Packets;

public class VolumeTests
{
    private const double Scale = 150 / 72.0;

    [Theory]
    [InlineData(Disclosure.Name, "en", "page 1 of")]
    [InlineData(Disclosure.Initials, "nb", "side 1 av")]
    public void First_middle_and_last_page_have_margins_and_page_numbers(
        Disclosure disclosure,
        string locale,
        string pageOf
    )
    {
        var pdf = Write(
            disclosure,
            locale,
            [.. Enumerable.Range(1, 700).Select(n => Line(n, n % 7 == 0 ? new string('W', 200) : $"Person Number {n}"))]
        );
        Pdf.Check(pdf);
        var pages = Pdf.Pages(pdf);
        Assert.True(pages > 3);
        foreach (var page in (int[])[1, pages / 2, pages])
        {
            var picture = Pdf.Draw(pdf, page);
            var (left, top, right, bottom) = picture.Ink();
            var margin = 15 / 25.4 * 150;
            Assert.True(
                left >= margin && top >= margin && right <= picture.Width - margin && bottom <= picture.Height - margin,
                $"page {page}: {(left, top, right, bottom)}"
            );
        }
        var text = Pdf.Text(pdf);
        Assert.Contains($"{pageOf} {pages}", text, StringComparison.Ordinal);
        // The title is in the footer of every page.
        Assert.Equal(pages, text.Split("1234567890").Length - 1);
    }

    [Fact]
    public void Cells_do_not_overlap()
    {
        // A name, a place and a number of maximum width; the gaps between their columns stay white on the page.
        var lines = Enumerable
            .Range(9_000, 40)
            .Select(n => Line(n, new string('W', 120), new string('M', 100)))
            .ToList();
        var picture = Pdf.Draw(Write(Disclosure.Name, "en", lines), 1);
        var rows = ((int)(112 * Scale), (int)(750 * Scale));
        var white = Enumerable
            .Range((int)(60 * Scale), (int)(475 * Scale))
            .Where(x => Blank(picture, x, rows))
            .ToList();
        // At least three gaps: after the number, the name and the place. Rows with rules are excluded, because
        // rules cross the gaps.
        var gaps = white.Where((x, i) => i == 0 || white[i - 1] != x - 1).Count();
        Assert.True(gaps >= 3, $"{gaps} gaps");
    }

    [Fact]
    public void Ten_thousand_lines_take_a_few_seconds()
    {
        var lines = Enumerable
            .Range(1, SignatureVolume.Most)
            .Select(n => Line(n, $"Person Number {n}", "Newcastle upon Tyne"))
            .ToList();
        var clock = Stopwatch.StartNew();
        var pdf = Write(Disclosure.Name, "en", lines);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{clock.Elapsed}");
        Assert.Contains("Person Number 10000", Pdf.Text(pdf), StringComparison.Ordinal);
    }

    private static bool Blank(Picture picture, int x, (int From, int To) rows)
    {
        var inked = 0;
        for (var y = rows.From; y < rows.To; y++)
            if (picture.Grey[(y * picture.Width) + x] <= 160)
                inked++;
        return inked == 0;
    }

    private static SignatureLine Line(int number, string shown, string? locality = null) =>
        new(number, shown, locality, new DateOnly(2019, 5, 17));

    private static byte[] Write(Disclosure disclosure, string locale, IReadOnlyList<SignatureLine> lines)
    {
        using var services = new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider();
        var words = new PacketWords(services.GetRequiredService<IStringLocalizer<PacketTexts>>(), locale);
        using var stream = new MemoryStream();
        SignatureVolume.Write(
            stream,
            words,
            Facts(disclosure, locale),
            new VolumeFacts(
                "GB",
                1,
                1,
                lines[^1].Number,
                HasNames: disclosure == Disclosure.Name,
                HasPlaces: lines.Any(line => line.Locality is not null)
            ),
            lines
        );
        return stream.ToArray();
    }

    internal static PacketFacts Facts(Disclosure disclosure, string locale) =>
        new()
        {
            PacketId = "1234567890",
            Slug = "chechnya-2019",
            Organisation = "Example Rights International",
            Locale = locale,
            Text = new("en", 1, "Investigate the persecution", "We ask you.", new string('a', 64)),
            RecipientName = "Embassy, London",
            RecipientAddress = "London",
            Disclosure = disclosure,
            CutOff = new CutOff(700, new string('0', 64)),
            CreatedAt = new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero),
            Texts = [],
            SignedTexts = [],
            Countries = [],
            PublicUrl = "https://petition.example",
            CsvGuardedCells = null,
        };
}
