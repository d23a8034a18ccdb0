namespace Campaigns.Worker.Packets.Pdf;

/// <summary>One glyph where it stands. Lengths are thousandths of the type size.</summary>
/// <param name="Font">The font it comes from.</param>
/// <param name="Id">Its number in that font.</param>
/// <param name="Advance">How far the pen moves.</param>
/// <param name="X">How far the glyph stands to the right of the pen.</param>
/// <param name="Y">How far above the line.</param>
/// <param name="Text">What the glyph stands for when a reader copies it; empty when only its whole
/// cluster says.</param>
public readonly record struct Glyph(TrueTypeFont Font, ushort Id, int Advance, int X, int Y, string Text);

/// <summary>
/// One line of text, shaped, its glyphs from left to right. Lengths are thousandths of the type
/// size.
/// </summary>
public sealed record ShapedText
{
    public required string Text { get; init; }
    public required IReadOnlyList<Glyph> Glyphs { get; init; }
    public required int Width { get; init; }

    /// <summary>Highest and lowest ink: stacked marks can reach far beyond the line.</summary>
    public required int Top { get; init; }
    public required int Bottom { get; init; }

    /// <summary>
    /// False when the glyphs read one after the other do not spell the text, so that it must be
    /// written beside them.
    /// </summary>
    public required bool SpellsItself { get; init; }

    /// <summary>
    /// True when part of it runs right to left. Such a line is never spelled out beside its glyphs
    /// as a whole: readers expect what they read to stand in the order of the paper, and turn it
    /// round themselves.
    /// </summary>
    public bool HasRightToLeft { get; init; }

    /// <summary>True when the paragraph runs right to left.</summary>
    public bool RightToLeft { get; init; }
}
