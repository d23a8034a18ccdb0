using Campaigns.Packets;
using Campaigns.Worker.Packets.Pdf;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>
/// The numbers of a packet by country, and how to recompute them from the ledger.
/// </summary>
public static class CountCertificate
{
    private const double NumberWidth = 72;

    public static void Write(Stream stream, PacketWords words, PacketFacts facts)
    {
        var flow = new PageFlow(new Sheet())
            .Title(words["certificate.title"], 18, after: 4)
            .Paragraph(facts.Text.Title, 11, strong: true, after: 2)
            .Paragraph(
                $"{facts.Organisation} · {words["to"]} {facts.RecipientName} · {words.Date(facts.CreatedAt)}",
                9,
                grey: Sheet.Quiet,
                after: 12
            )
            .Paragraph(words["certificate.says", words.Number(facts.CutOff.Size)], 9.5, after: 8);
        Counts(flow, words, facts);
        ListedLaterNote.Write(flow, words, facts, 8.5);
        flow.Paragraph(words["certificate.groups"], 8.5, grey: Sheet.Quiet, after: 8)
            .Heading(words["certificate.ledger"])
            .Table(
                [new(120), new(Sheet.Measure - 120)],
                [words["column.what"], words["column.value"]],
                [
                    [words["certificate.campaign"], facts.Slug],
                    [words["packet"], facts.PacketId],
                    [words["certificate.disclosure"], words.Disclosure(facts.Disclosure)],
                    [words["certificate.size"], words.Number(facts.CutOff.Size)],
                    [words["certificate.root"], facts.CutOff.Root],
                    .. Supplement(words, facts),
                    .. Audit(words, facts),
                    [words["certificate.created"], Instant.Text(facts.CreatedAt)],
                ],
                sum: false,
                size: 8.5
            );
        flow.Heading(words["certificate.texts"])
            .Table(
                [new(55), new(50), new(Sheet.Measure - 175), new(70, Numbers: true)],
                [words["column.language"], words["column.version"], "SHA-256", words["column.confirmed"]],
                [
                    .. facts.Texts.Select(text =>
                        text.IsUnknown
                            ? (string[])["", "", words["certificate.text-unknown"], words.Number(text.Confirmed)]
                            : [text.Locale, words.Number(text.Version), text.Hash, words.Number(text.Confirmed)]
                    ),
                ],
                sum: false,
                size: 7.5
            );
        flow.Heading(words["certificate.verify"]);
        flow.Bullets(
            ((string[])["files", "signature", "ledger", "receipt"]).Select(step =>
                words["certificate.verify." + step, facts.PublicUrl, facts.Slug, facts.CutOff.Size]
            ),
            8.5,
            after: 3
        );
        flow.Paragraph(words["certificate.limits"], 8.5, grey: Sheet.Quiet);
        var document = new PdfDocument(
            stream,
            DocumentIdentity.Info(facts, $"{words["certificate.title"]} · {facts.Text.Title}", "count certificate"),
            flow.Structure
        );
        flow.Write(document, $"{words["packet"]} {facts.PacketId} · {words["certificate.title"]}", (page, of) =>
            words["page.of", words.Number(page), words.Number(of)]
        );
    }

    private static IEnumerable<IReadOnlyList<string>> Supplement(PacketWords words, PacketFacts facts)
    {
        if (facts.Earlier is not { } earlier)
            yield break;
        yield return [words["certificate.supplement"], earlier.Packet];
        yield return [words["certificate.since-size"], words.Number(earlier.CutOff.Size)];
        yield return [words["certificate.since-root"], earlier.CutOff.Root];
        yield return [words["certificate.earlier"], words.Number(facts.EarlierSignatures)];
        yield return [words["certificate.together"], words.Number(facts.EarlierSignatures + facts.Total.Signatures)];
    }

    private static IEnumerable<IReadOnlyList<string>> Audit(PacketWords words, PacketFacts facts)
    {
        if (facts.Audit is not { } audit)
            yield break;
        yield return [words["certificate.audit-size"], words.Number(audit.Size)];
        yield return [words["certificate.audit-hash"], audit.Hash];
    }

    private static void Counts(PageFlow flow, PacketWords words, PacketFacts facts)
    {
        string[] Row(string name, PacketCounts counts) =>
            [
                name,
                words.Number(counts.Confirmed),
                words.Number(counts.Name),
                words.Number(counts.Initials),
                words.Number(counts.Count),
                words.Number(counts.RemovedSince),
            ];
        List<IReadOnlyList<string>> rows =
        [
            .. facts.Countries.Select(country =>
                Row($"{words.Country(country.Country)} ({country.Country})", country.Counts)
            ),
        ];
        rows.Add(Row(words["total"], facts.Total));
        Column number = new(NumberWidth, Numbers: true);
        flow.Table(
            [new(Sheet.Measure - (5 * number.Width)), number, number, number, number, number],
            [
                words["column.country"],
                words["column.confirmed"],
                words["column.by-name"],
                words["column.by-initials"],
                words["column.unnamed"],
                words["column.removed"],
            ],
            rows,
            sum: true
        );
    }
}
