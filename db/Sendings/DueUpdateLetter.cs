using Campaigns.Db.Letters;
using Campaigns.Letters;

namespace Campaigns.Db.Sendings;

/// <summary>A claimed letter with an update and the data needed to write it.</summary>
public sealed record DueUpdateLetter : IDueLetter
{
    public required long Id { get; init; }
    public string Kind => "update";
    public required long CampaignId { get; init; }
    public required long UpdateId { get; init; }

    /// <summary>The version of the update, which may be corrected while it is sent.</summary>
    public required int UpdateVersion { get; init; }
    public required long SubscriberId { get; init; }

    /// <summary>True if the title of the update is the subject.</summary>
    public required bool ShowsTitle { get; init; }

    /// <summary>The language of the subscriber.</summary>
    public required string Locale { get; init; }
    public required string? Obsolete { get; init; }
    public required string? Email { get; init; }
    public required LetterHistory History { get; init; }
    public required long Attempt { get; init; }

    /// <summary>Its name for mail servers and mailboxes, which reveals nothing of the id.</summary>
    public required string Name { get; init; }

    /// <summary>Its tag in the envelope sender, for reports of the letter.</summary>
    public required Func<string> Tag { get; init; }

    /// <summary>The name of the list of subscribers, which tells nothing of the campaign.</summary>
    public required string ListName { get; init; }

    /// <summary>The token of the link that unsubscribes.</summary>
    public required string UnsubscribeToken { get; init; }
}
