namespace Campaigns.Worker.Packets.Pdf;

/// <summary>
/// Neutrals between equal directions get that direction, others that of their level: rules N1 and
/// N2 of UAX #9.
/// </summary>
internal static class BidiNeutrals
{
    public static void Resolve(BidiSequence sequence)
    {
        var types = sequence.Types;
        for (var i = 0; i < types.Length; i++)
        {
            if (BidiSequence.Strong(types[i]) is not null)
                continue;
            var end = i;
            while (end + 1 < types.Length && BidiSequence.Strong(types[end + 1]) is null)
                end++;
            var before = i > 0 ? BidiSequence.Strong(types[i - 1])!.Value : sequence.Start;
            var after = end + 1 < types.Length ? BidiSequence.Strong(types[end + 1])!.Value : sequence.End;
            Array.Fill(types, before == after ? before : sequence.Direction, i, end - i + 1);
            i = end;
        }
    }
}
