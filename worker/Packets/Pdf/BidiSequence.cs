namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// An isolating run sequence (UAX #9, BD13): scalars of one level that belong together, although
/// isolates may stand between them.
/// </summary>
/// <param name="indices">Where its scalars stand in the paragraph.</param>
/// <param name="types">Their types, which the rules change.</param>
/// <param name="level">Their embedding level.</param>
/// <param name="start">The type before the first (sos), L or R.</param>
/// <param name="end">The type after the last (eos), L or R.</param>
internal sealed class BidiSequence(int[] indices, BidiClass[] types, byte level, BidiClass start, BidiClass end)
{
    public int[] Indices { get; } = indices;
    public BidiClass[] Types { get; } = types;
    public byte Level { get; } = level;
    public BidiClass Start { get; } = start;
    public BidiClass End { get; } = end;

    public int Length => Types.Length;

    /// <summary>L or R, the direction of the level.</summary>
    public BidiClass Direction => Of(Level);

    /// <summary>The direction of a level.</summary>
    public static BidiClass Of(byte level) => (level & 1) == 0 ? BidiClass.L : BidiClass.R;

    /// <summary>N0 and N1: numbers run right to left; null without a direction.</summary>
    public static BidiClass? Strong(BidiClass kind) =>
        kind switch
        {
            BidiClass.L => BidiClass.L,
            BidiClass.R or BidiClass.EN or BidiClass.AN => BidiClass.R,
            _ => null,
        };
}
