using Campaigns.Timeline;

namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>An item of a campaign's timeline in one language, as the public sees it.</summary>
public sealed record TimelineItem
{
    /// <summary>Its name in links and in the feed; it never changes.</summary>
    public required string Anchor { get; init; }

    /// <summary>Sorts items by their texts: the larger, the newer.</summary>
    public required string Key { get; init; }

    /// <summary>One of <see cref="TimelineKind"/>.</summary>
    public required string Kind { get; init; }
    public required DateOnly On { get; init; }

    /// <summary>When the system last changed it.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
    public required string Title { get; init; }

    /// <summary>The language of title and text.</summary>
    public required string Locale { get; init; }

    /// <summary>Markdown of an update, plain text of the others; null for none.</summary>
    public string? Text { get; init; }

    /// <summary>
    /// The text of an update as HTML that is safe in a page; null for the others.
    /// </summary>
    public string? Html { get; init; }
    public IReadOnlyList<Figure> Figures { get; init; } = [];
    public IReadOnlyList<Source> Sources { get; init; } = [];
    public Origin? Origin { get; init; }
    public string? Institution { get; init; }

    /// <summary>The place of an event; null where it is not public.</summary>
    public string? Place { get; init; }
    public string? Country { get; init; }
    public DateOnly? CorrectedOn { get; init; }
    public DateOnly? WithdrawnOn { get; init; }
}
