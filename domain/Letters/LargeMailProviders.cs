using System.Collections.Frozen;
using Campaigns.Signatures;

namespace Campaigns.Letters;

/// <summary>
/// Mail providers to whose domains any number of letters may leave in an hour.
/// </summary>
public static class LargeMailProviders
{
    private static readonly FrozenSet<string> _domains = RootZone
        .Lines("LargeMailProviders.txt")
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>How many domains the list has.</summary>
    public static int Count => _domains.Count;

    /// <summary>True for the domain of such a provider, in lower-case ASCII.</summary>
    public static bool Has(string domain) => _domains.Contains(domain);
}
