namespace Campaigns.Timeline;

/// <summary>An update as staff wrote it.</summary>
public sealed record UpdateDraft : EntryDraft
{
    /// <summary>At least one, each with another locale.</summary>
    public required IReadOnlyList<UpdateText> Texts { get; init; }
    public required IReadOnlyList<Figure> Figures { get; init; }
    public required IReadOnlyList<Source> Sources { get; init; }

    /// <summary>Where it was published first; null if here.</summary>
    public required Origin? Origin { get; init; }

    /// <summary>
    /// The text in the locale nearest to the given one, or in the fallback, or else the first.
    /// </summary>
    public UpdateText Text(string locale, string fallback)
    {
        var locales = Texts.Select(text => text.Locale).ToList();
        var near = Locales.Lookup(locale, locales) ?? Locales.Lookup(fallback, locales) ?? locales[0];
        return Texts.First(text => text.Locale == near);
    }
}
