using Campaigns.Worker.Packets.Pdf;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>What the pages of all documents share: measures, type, and the foot that says which page of which packet this is.</summary>
internal sealed class Sheet
{
    /// <summary>20 mm.</summary>
    public const double Margin = 56.7;
    public const double Left = Margin;
    public const double Right = PdfDocument.Width - Margin;
    public const double Measure = Right - Left;

    /// <summary>Nothing but the foot stands below.</summary>
    public const double Bottom = PdfDocument.Height - Margin - 22;

    public const double Ink = 0;
    public const double Quiet = 0.38;
    public const double Hairline = 0.82;

    private const double FootSize = 7.5;

    public Typesetter Text { get; } = new(Fonts.Regular);
    public Typesetter Strong { get; } = new(Fonts.Bold);

    /// <summary>Draws the foot: what this is on the left, the page on the right.</summary>
    public void Foot(PdfPage page, string what, string pageOf)
    {
        var y = PdfDocument.Height - Margin;
        page.Rule(Left, y - 14, Measure, 0.4, Hairline);
        var right = Text.Shape(pageOf);
        page.Line(right, Right - Width(right, FootSize), y - 3, FootSize, Quiet);
        var left = TextBlock.Fit(Text, what, FootSize, Measure - Width(right, FootSize) - 20, 9, 10);
        page.Block(left, Left, y - 3 - left.Baselines[0], Quiet);
    }

    public static double Width(ShapedText line, double size) => line.Width * size / 1000;
}
