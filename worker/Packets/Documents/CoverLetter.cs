using Campaigns.Worker.Packets.Pdf;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>
/// The cover letter: sender and recipient, the demand as it was signed, the number of signatures by
/// country, and the list of enclosures.
/// </summary>
public static class CoverLetter
{
    public static void Write(Stream stream, PacketWords words, PacketFacts facts)
    {
        var total = facts.Countries.Sum(country => country.Counts.Signatures);
        var flow = new PageFlow(new Sheet())
            .Paragraph(facts.Organisation, 12, strong: true, after: 2)
            .Paragraph(words.Date(facts.CreatedAt), grey: Sheet.Quiet, after: 26)
            .Paragraph(facts.RecipientName, strong: true, after: 1)
            .Paragraph(facts.RecipientAddress, after: 28)
            .Paragraph(facts.Text.Title, 16, strong: true, after: 12)
            .Paragraph(words["letter.presents", facts.Organisation, words.Number(total)], after: 12)
            .Quotation(facts.Text.Demand);
        if (facts.Countries.Count > 0)
            Totals(flow, words, facts, total);
        if (facts.Countries.Sum(country => country.Counts.Count) is > 0 and var unnamed)
            flow.Paragraph(words["letter.unnamed", words.Number(unnamed)]);
        flow.Paragraph(words["letter.confirmed", Instant.Text(facts.CreatedAt)[..10], words.Number(facts.CutOff.Size)]);
        flow.WritingLine(words["letter.for", facts.Organisation]);
        Enclosed(flow, words, facts);
        var document = new PdfDocument(
            stream,
            DocumentIdentity.Info(facts, $"{facts.Text.Title} · {words["letter.title"]}", "cover letter")
        );
        flow.Write(document, $"{words["packet"]} {facts.PacketId} · {words["letter.title"]}", (page, of) =>
            words["page.of", words.Number(page), words.Number(of)]
        );
    }

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
    }

    private static void Enclosed(PageFlow flow, PacketWords words, PacketFacts facts)
    {
        var rows = new List<IReadOnlyList<string>>();
        foreach (var country in facts.Countries.Where(country => country.Volumes > 0))
        {
            var first = PacketNames.Volume(country.Country, 1);
            var printed = words.Number(country.Counts.Name + country.Counts.Initials);
            rows.Add(
                country.Volumes == 1
                    ? [first, words["enclosed.volume", words.Country(country.Country), printed]]
                    :
                    [
                        $"{first} – {PacketNames.Volume(country.Country, country.Volumes)}",
                        words[
                            "enclosed.volumes",
                            words.Country(country.Country),
                            printed,
                            words.Number(country.Volumes)
                        ],
                    ]
            );
        }
        rows.Add([PacketNames.CountCertificate, words["enclosed.certificate"]]);
        if (facts.CsvApostrophes is not null)
            rows.Add([PacketNames.Csv, words["enclosed.csv"]]);
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
