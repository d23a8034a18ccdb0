using System.Collections.Frozen;

namespace Campaigns.Signatures;

/// <summary>
/// The mail providers that counters tell apart, so that staff see whether the letters of one of
/// them arrive. Only sums carry the name of a provider; no signature does. A link to confirm
/// carries its number, so that the confirmation need not decrypt the address.
/// </summary>
public static class MailProvider
{
    /// <summary>
    /// Of signatures from before providers were counted, and of links that carry no number.
    /// </summary>
    public const string Unknown = "unknown";

    /// <summary>Every domain that the list does not name.</summary>
    public const string Other = "other";

    /// <summary>Numbers are smaller, so that one fits beside the purpose of a link.</summary>
    public const int NumberLimit = 32;

    private static readonly string[][] _listed =
    [
        .. RootZone.Lines("MailProviderNames.txt").Select(line => line.Split(' ')),
    ];

    private static readonly FrozenDictionary<string, string> _byDomain = _listed
        .SelectMany(words => words.Skip(1).Select(domain => KeyValuePair.Create(domain, words[0])))
        .ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string[] _names = [Unknown, Other, .. _listed.Select(words => words[0])];

    private static readonly FrozenDictionary<string, int> _numbers = _names
        .Select(KeyValuePair.Create)
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names by number.</summary>
    public static IReadOnlyList<string> All => _names;

    /// <param name="domain">In lower-case ASCII.</param>
    public static string FromDomain(string domain) => _byDomain.GetValueOrDefault(domain, Other);

    /// <summary>The provider of an address as typed.</summary>
    public static string FromAddress(string address) =>
        FromDomain(address[(address.LastIndexOf('@') + 1)..].ToLowerInvariant());

    public static int NumberOf(string provider) => _numbers[provider];

    /// <summary>
    /// The name of a number in a link; <c>unknown</c> for one that this version does not know.
    /// </summary>
    public static string FromNumber(int number) => number < _names.Length ? _names[number] : Unknown;
}
