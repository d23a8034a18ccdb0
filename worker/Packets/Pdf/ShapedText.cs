namespace Campaigns.Worker.Packets.Pdf;

/// <summary>One placed glyph. Lengths are thousandths of the type size.</summary>
/// <param name="Font">The font it comes from.</param>
/// <param name="Id">Its number in that font.</param>
/// <param name="Advance">The distance that the pen moves.</param>
/// <param name="X">Its offset to the right of the pen.</param>
/// <param name="Y">Its offset above the baseline.</param>
/// <param name="Text">The text that copying the glyph gives; empty when another glyph of its
/// cluster has the text.</param>
public readonly record struct Glyph(TrueTypeFont Font, ushort Id, int Advance, int X, int Y, string Text);

/// <summary>
/// One shaped line of text with its glyphs from left to right. Lengths are thousandths of the type
/// size.
/// </summary>
public sealed record ShapedText
{
    public required string Text { get; init; }
    public required IReadOnlyList<Glyph> Glyphs { get; init; }
    public required int Width { get; init; }

    /// <summary>The highest ink; stacked marks can reach far beyond the line.</summary>
    public required int Top { get; init; }

    /// <summary>The lowest ink.</summary>
    public required int Bottom { get; init; }

    /// <summary>
    /// What is written as <c>ActualText</c> so that readers find the text; null when they find it
    /// by the glyphs.
    /// </summary>
    public required string? ActualText { get; init; }

    /// <summary>
    /// True when part of it runs right to left. Such a line has an <c>ActualText</c> of its own,
    /// because readers expect it in another order (<see cref="ReaderOrder"/>).
    /// </summary>
    public bool HasRightToLeft { get; init; }

    /// <summary>True when the paragraph runs right to left.</summary>
    public bool RightToLeft { get; init; }
}
