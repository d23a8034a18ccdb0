using System.Text;
using CsCheck;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// Random names and places: letters of many scripts, marks, digits, signs, emoji and invisible
/// characters, in words. CsCheck prints the seed of a failure; the variable
/// <c>CsCheck_Seed</c> repeats it.
/// </summary>
internal static class RandomText
{
    private static readonly Gen<string> _letter = Gen.Frequency<string>(
        (8, Scalars(('A', 'Z'), ('a', 'z'))),
        (2, Scalars((0xC0, 0xD6), (0xE0, 0xF6), (0x100, 0x17E))),
        (2, Scalars((0x391, 0x3A1), (0x3B1, 0x3C9), (0x410, 0x44F))),
        (3, Hebrew),
        (3, Arabic),
        (2, Scalars((0x905, 0x939), (0x995, 0x9A8), (0xE01, 0xE2E))),
        (2, Scalars((0x4E00, 0x4FFF), (0xAC00, 0xACFF), (0x3041, 0x3094)))
    );

    private static Gen<string> Hebrew => Scalars((0x5D0, 0x5EA));

    private static Gen<string> Arabic => Scalars((0x627, 0x63A), (0x641, 0x64A));

    private static readonly Gen<string> _any = Gen.Frequency<string>(
        (20, _letter),
        (3, Scalars(('0', '9'), (0x660, 0x669))),
        (3, Scalars((0x300, 0x345), (0x5B0, 0x5BC), (0x64B, 0x65F), (0x93E, 0x94D))),
        (3, Gen.OneOf("'", "’", "-", "(", ")", "[", "]", ",", ";", "=", "+", "&", "/", "\"", "·", "ʼ")),
        (1, Gen.OneOf("\u200B", "\u200C", "\u200D", "\u00AD", "\uFE0F", "\u034F", "\u2060", "\uFEFF", "\u200F")),
        (1, Gen.OneOf("👍", "👩‍👧", "❤️"))
    );

    /// <summary>Words of anything that a name may contain, and of some that it may not.</summary>
    public static Gen<string> Typed => Words(_any, 10);

    /// <summary>
    /// Words of letters, digits and signs that the fonts have, in both directions.
    /// </summary>
    public static Gen<string> Printable { get; } =
        Words(
            Gen.Frequency<string>(
                (10, Scalars(('A', 'Z'), ('a', 'z'))),
                (8, Hebrew),
                (8, Arabic),
                (2, Scalars((0x410, 0x44F))),
                (2, Scalars(('0', '9'))),
                (3, Gen.OneOf("'", "-", "(", ")", "[", "]", ",", "/", "&"))
            ),
            7
        );

    private static Gen<string> Words(Gen<string> part, int longest) =>
        part.Array[1, longest].Select(string.Concat).Array[1, 4].Select(words => string.Join(' ', words));

    private static Gen<string> Scalars(params (int First, int Last)[] ranges) =>
        Gen.OneOf<int>([.. ranges.Select(IGen<int> (range) => Gen.Int[range.First, range.Last])])
            .Select(scalar => new Rune(scalar).ToString());
}
