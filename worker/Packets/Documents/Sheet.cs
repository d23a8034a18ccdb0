using Campaigns.Worker.Packets.Pdf;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>
/// The common layout of all pages: measures, typefaces, and the foot with packet and page number.
/// </summary>
internal sealed class Sheet
{
    /// <summary>20 mm.</summary>
    public const double Margin = 56.7;
    public const double Left = Margin;
    public const double Right = PdfDocument.Width - Margin;
    public const double Measure = Right - Left;

    /// <summary>Only the foot is below this.</summary>
    public const double Bottom = PdfDocument.Height - Margin - 22;

    public const double Ink = 0;
    public const double Quiet = 0.38;
    public const double Hairline = 0.82;

    private const double FootSize = 7.5;
    private const double Baseline = PdfDocument.Height - Margin - 3;

    // Enough for "page 9,999 of 9,999" in every supported language, and a gap.
    private const double NumberWidth = 110;

    public Typesetter Text { get; } = new(Fonts.Regular);
    public Typesetter Strong { get; } = new(Fonts.Bold);

    /// <summary>The left of the foot, which names the document on every page.</summary>
    public TextBlock FootOf(string what) => TextBlock.Fit(Text, what, FootSize, Measure - NumberWidth, 9, 10);

    /// <summary>Draws the foot without the page number.</summary>
    public static void Foot(PdfPage page, TextBlock left)
    {
        page.Artifact(() =>
        {
            page.Rule(Left, Baseline - 11, Measure, 0.4, Hairline);
            page.Block(left, Left, Baseline - left.Baselines[0], Quiet, often: true);
        });
    }

    /// <summary>Draws the right of the foot: the page number.</summary>
    public void Number(PdfPage page, string pageOf)
    {
        var right = Text.Shape(pageOf);
        page.Artifact(() => page.Line(right, Right - Width(right, FootSize), Baseline, FootSize, Quiet));
    }

    public static double Width(ShapedText line, double size) => line.Width * size / 1000;
}
