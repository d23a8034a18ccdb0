using System.Collections.Frozen;

namespace Campaigns.Signatures;

/// <summary>
/// Known mail providers, and the question whether a domain is a slip of the finger for one. A slip
/// is one letter missing, added or replaced, or two neighbours swapped.
/// </summary>
public static class MailProviders
{
    /// <summary>
    /// Names shorter than this (gmx, live) resemble too many other domains to ask about them.
    /// </summary>
    private const int ShortestName = 5;

    private static readonly FrozenSet<string> _domains = RootZone
        .Lines("MailProviders.txt")
        .ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] _misspelt = [.. _domains.Where(IsLongEnough).Order(StringComparer.Ordinal)];

    /// <summary>True for the domain of a known provider, in lower case.</summary>
    public static bool Contains(string domain) => _domains.Contains(domain);

    /// <summary>The provider whose domain is one slip away, or null.</summary>
    /// <param name="domain">In lower case.</param>
    public static string? Meant(string domain) =>
        Contains(domain) ? null : _misspelt.FirstOrDefault(provider => IsOneSlipAway(domain, provider));

    private static bool IsLongEnough(string domain) => domain.IndexOf('.', StringComparison.Ordinal) >= ShortestName;

    private static bool IsOneSlipAway(string typed, string meant)
    {
        var start = 0;
        while (start < typed.Length && start < meant.Length && typed[start] == meant[start])
            start++;
        var left = typed.AsSpan(start);
        var right = meant.AsSpan(start);
        return (typed.Length - meant.Length) switch
        {
            1 => left[1..].SequenceEqual(right),
            -1 => left.SequenceEqual(right[1..]),
            0 when left.Length > 0 => left[1..].SequenceEqual(right[1..])
                || (
                    left.Length > 1 && left[0] == right[1] && left[1] == right[0] && left[2..].SequenceEqual(right[2..])
                ),
            _ => false,
        };
    }
}
