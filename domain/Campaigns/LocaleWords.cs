namespace Campaigns;

/// <summary>The same words in several languages. Equal with the same words.</summary>
public sealed class LocaleWords(IReadOnlyDictionary<string, string> byLocale) : IEquatable<LocaleWords>
{
    public static LocaleWords None { get; } = new(new Dictionary<string, string>());

    public IReadOnlyDictionary<string, string> ByLocale => byLocale;

    public bool IsEmpty => byLocale.Count == 0;

    /// <summary>
    /// The words in the locale nearest to the given one (<see cref="Locales.Lookup"/>), with their
    /// own; null if none is near.
    /// </summary>
    public (string Locale, string Words)? Find(string? locale) =>
        Locales.Lookup(locale, [.. byLocale.Keys]) is { } near ? (near, byLocale[near]) : null;

    public bool Equals(LocaleWords? other) =>
        other is not null
        && byLocale.Count == other.ByLocale.Count
        && byLocale.All(pair => other.ByLocale.TryGetValue(pair.Key, out var words) && words == pair.Value);

    public override bool Equals(object? obj) => Equals(obj as LocaleWords);

    public override int GetHashCode() => byLocale.Aggregate(0, (hash, pair) => hash ^ pair.GetHashCode());
}
