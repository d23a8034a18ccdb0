using Campaigns.Worker.Packets.Pdf;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>
/// The cover letter: sender and recipient, the demand as it was signed, the number of signatures by
/// country, and the list of enclosures.
/// </summary>
public static class CoverLetter
{
    /// <summary>The most texts that the letter quotes before its annex.</summary>
    public const int MostQuoted = 6;

    public static void Write(Stream stream, PacketWords words, PacketFacts facts)
    {
        var total = facts.Total;
        var flow = new PageFlow(new Sheet())
            .Paragraph(facts.Organisation, 12, strong: true, after: 2)
            .Paragraph(words.Date(facts.CreatedAt), grey: Sheet.Quiet, after: 26)
            .Paragraph(facts.RecipientName, strong: true, after: 1)
            .Paragraph(facts.RecipientAddress, after: 28)
            .Title(facts.Text.Title, 16, after: 12)
            .Paragraph(words.Count("letter.presents", total.Signatures, facts.Organisation), after: 8);
        if (facts.Earlier is { } earlier)
            flow.Paragraph(
                words.Count(
                    "letter.supplement",
                    facts.EarlierSignatures,
                    earlier.Packet,
                    words.Number(facts.EarlierSignatures + total.Signatures)
                ),
                after: 8
            );
        if (total.RemovedSince > 0)
            flow.Paragraph(words.Count("letter.left", total.RemovedSince, words.Number(total.Confirmed)));
        flow.Paragraph(words["letter.words"], after: 4);
        Quotations(flow, words, facts);
        if (facts.Countries.Count > 0)
            Totals(flow, words, facts, total.Signatures);
        ListedLaterNote.Write(flow, words, facts, 9);
        if (total.Count > 0)
            flow.Paragraph(words.Count("letter.unnamed", total.Count));
        flow.Paragraph(words["letter.confirmed", Instant.Text(facts.CreatedAt)[..10], words.Number(facts.CutOff.Size)]);
        flow.WritingLine(words["letter.for", facts.Organisation]);
        Enclosed(flow, words, facts);
        VerifyCode.Write(flow, words, facts);
        if (facts.SignedTexts.Count > MostQuoted)
            Annex(flow, words, facts);
        var document = new PdfDocument(
            stream,
            DocumentIdentity.Info(facts, $"{facts.Text.Title} · {words["letter.title"]}", "cover letter"),
            flow.Structure
        );
        flow.Write(document, $"{words["packet"]} {facts.PacketId} · {words["letter.title"]}", (page, of) =>
            words["page.of", words.Number(page), words.Number(of)]
        );
    }

    // The figures are those of the cut-off, as in the manifest, so that they add up to its texts.
    private static void Quotations(PageFlow flow, PacketWords words, PacketFacts facts)
    {
        foreach (var text in facts.SignedTexts.Take(MostQuoted))
            Quote(flow, words, facts, text);
        if (facts.SignedTexts.Count > MostQuoted)
        {
            var others = facts.SignedTexts.Skip(MostQuoted).ToList();
            flow.Paragraph(
                words.Count("letter.annexed", others.Count, words.Count("people", others.Sum(text => text.Confirmed)))
            );
        }
        if (facts.WithoutText > 0)
            flow.Paragraph(words.Count("letter.text-unknown", facts.WithoutText));
        // An empty packet shows what it asks for.
        if (facts.Texts.Count == 0)
            flow.Quotation(null, facts.Text.Demand, facts.Text.Locale);
    }

    private static void Annex(PageFlow flow, PacketWords words, PacketFacts facts)
    {
        flow.NewPage().Heading(words["letter.annex"]);
        foreach (var text in facts.SignedTexts)
            Quote(flow, words, facts, text);
    }

    private static void Quote(PageFlow flow, PacketWords words, PacketFacts facts, SignedText signed) =>
        flow.Heading(
                words.Count(
                    "letter.text",
                    signed.Confirmed,
                    words.Language(signed.Text.Locale),
                    words.Number(signed.Text.Version)
                ),
                10
            )
            .Quotation(
                signed.Text.Title == facts.Text.Title ? null : signed.Text.Title,
                signed.Text.Demand,
                signed.Text.Locale
            );

    private static void Totals(PageFlow flow, PacketWords words, PacketFacts facts, long total)
    {
        List<IReadOnlyList<string>> rows =
        [
            .. facts.Countries.Select(country =>
                (string[])[words.Country(country.Country), words.Number(country.Counts.Signatures)]
            ),
        ];
        rows.Add([words["total"], words.Number(total)]);
        flow.Heading(words["letter.totals"])
            .Table(
                [new(Sheet.Measure - 120), new(120, Numbers: true)],
                [words["column.country"], words["column.signatures"]],
                rows,
                sum: true
            );
        Chart(flow, words, facts);
    }

    private static void Chart(PageFlow flow, PacketWords words, PacketFacts facts)
    {
        var largest = facts
            .Countries.Where(country => country.Counts.Signatures > 0)
            .OrderByDescending(country => country.Counts.Signatures)
            .Take(BarChart.Most)
            .Select(country => (Label: words.Country(country.Country), Value: country.Counts.Signatures))
            .ToList();
        // One bar compares nothing.
        if (largest.Count < 2)
            return;
        var numbers = largest.Select(bar => $"{bar.Label}: {words.Number(bar.Value)}");
        BarChart.Write(flow, largest, words.Number, words["letter.chart", string.Join("; ", numbers)]);
    }

    private static void Enclosed(PageFlow flow, PacketWords words, PacketFacts facts)
    {
        var rows = new List<IReadOnlyList<string>>();
        foreach (var country in facts.Countries.Where(country => country.Volumes > 0))
        {
            var first = PacketNames.Volume(country.Country, 1);
            var printed = country.Counts.Name + country.Counts.Initials;
            rows.Add(
                country.Volumes == 1
                    ? [first, words.Count("enclosed.volume", printed, words.Country(country.Country))]
                    :
                    [
                        $"{first} – {PacketNames.Volume(country.Country, country.Volumes)}",
                        words[
                            "enclosed.volumes",
                            words.Country(country.Country),
                            words.Number(printed),
                            words.Number(country.Volumes)
                        ],
                    ]
            );
        }
        rows.Add([PacketNames.CountCertificate, words["enclosed.certificate"]]);
        if (facts.CsvGuardedCells is not null)
            rows.Add([PacketNames.Csv, words["enclosed.csv"]]);
        if (facts.HasWorkbook)
            rows.Add([PacketNames.Workbook, words["enclosed.xlsx"]]);
        rows.Add(["manifest.json, manifest.jws", words["enclosed.manifest"]]);
        rows.Add([PacketNames.ReadMe, words["enclosed.read-me"]]);
        flow.Heading(words["letter.enclosed"])
            .Table(
                [new(230), new(Sheet.Measure - 230)],
                [words["column.file"], words["column.what"]],
                rows,
                sum: false
            );
    }
}
