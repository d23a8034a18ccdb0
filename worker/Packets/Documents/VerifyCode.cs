using System.Collections;
using Campaigns.Worker.Packets.Pdf;
using QRCoder;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>
/// The QR code that leads to the public check page, with the packet's id and root behind <c>#</c>,
/// which a browser does not send.
/// </summary>
internal static class VerifyCode
{
    // 26 mm, which a phone reads from paper.
    private const double Side = 74,
        Overlap = 0.03;

    public static void Write(PageFlow flow, PacketWords words, PacketFacts facts)
    {
        var address = Address(facts);
        using var code = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        var rows = code.ModuleMatrix;
        var module = Side / rows.Count;
        flow.EnsureHeight(Side + 42).Heading(words["letter.verify"]);
        flow.Paragraph(words["letter.verify.how", $"{facts.PublicUrl}/verify"], 9, after: 2);
        flow.EnsureHeight(Side);
        var top = flow.Top;
        var figure = flow.Structure.Add(
            new PdfElement("Figure")
            {
                Alternative = words["letter.verify.code", address],
                Box = (Sheet.Left, top, Side, Side),
            }
        );
        flow.Mark(page => page.Tag(figure, () => Draw(page, rows, top, module)));
        flow.Skip(Side + 8);
    }

    /// <summary>The address in the code.</summary>
    public static string Address(PacketFacts facts) =>
        $"{facts.PublicUrl}/verify#packet={facts.PacketId}&root={facts.CutOff.Root}";

    private static void Draw(PdfPage page, List<BitArray> rows, double top, double module)
    {
        foreach (var (y, row) in rows.Index())
            DrawRow(page, row, top + ((y + 0.5) * module), module);
    }

    private static void DrawRow(PdfPage page, BitArray row, double middle, double module)
    {
        for (var x = 0; x < row.Count;)
        {
            var from = x;
            while (x < row.Count && row[x] == row[from])
                x++;
            // Rows overlap a little, so that no white line shows between them.
            if (row[from])
                page.Rule(Sheet.Left + (from * module), middle, (x - from) * module, module + Overlap, 0);
        }
    }
}
