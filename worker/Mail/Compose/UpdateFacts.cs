using Campaigns.Timeline;

namespace Campaigns.Worker.Mail.Compose;

/// <summary>What a letter with an update is about.</summary>
public sealed record UpdateFacts
{
    public required UpdateDraft Update { get; init; }
    public required string Organisation { get; init; }

    /// <summary>The locale of the campaign's first text.</summary>
    public required string FirstLocale { get; init; }

    /// <summary>The beginning of all links, without a final slash.</summary>
    public required string PublicUrl { get; init; }

    /// <summary>The address of the campaign's page.</summary>
    public required string Page { get; init; }

    /// <summary>
    /// True when the title must not be among the first words, which a phone shows on its locked
    /// screen.
    /// </summary>
    public required bool Sensitive { get; init; }

    /// <summary>True if the title is the subject.</summary>
    public required bool ShowsTitle { get; init; }

    /// <summary>True for a letter to a member of staff.</summary>
    public bool IsTest { get; init; }
}
