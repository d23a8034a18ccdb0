using System.Collections.Frozen;
using System.Globalization;

namespace Campaigns.Signatures;

/// <summary>
/// The last labels that make a name a web address: the top-level domains of the root zone, whose
/// file names its version, and those reserved for other uses (RFC 2606, RFC 6761, RFC 7686).
/// </summary>
internal static class RootZone
{
    private static readonly IdnMapping _idn = new();

    private static readonly FrozenSet<string> _names = Lines("RootZone.txt")
        .Concat(["example", "test", "invalid", "localhost", "onion"])
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The label may have any case, and be written in its own script.</summary>
    public static bool Has(string label)
    {
        try
        {
            return _names.Contains(_idn.GetAscii(label.ToLowerInvariant()).ToLowerInvariant());
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The lines of an embedded list, without its comments.</summary>
    internal static IEnumerable<string> Lines(string resource)
    {
        using var stream = typeof(RootZone).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (line.Length > 0 && line[0] != '#')
                yield return line;
    }
}
