using Campaigns.Letters;

namespace Campaigns.Db.Bounces;

/// <summary>A letter that came back, or that its reader complained of.</summary>
internal sealed record ReturnedLetter
{
    public required long Id { get; init; }

    /// <summary>Empty for an update.</summary>
    public required string Kind { get; init; }
    public required string State { get; init; }

    /// <summary>Why the last try failed.</summary>
    public required string? Failure { get; init; }
    public required DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>Null for a letter to a member.</summary>
    public long? CampaignId { get; init; }
    public long? SignatureId { get; init; }
    public long? SubscriberId { get; init; }
    public long? UpdateId { get; init; }

    /// <summary>True while a worker sends it.</summary>
    public bool IsLeaving(DateTimeOffset now) => State == LetterState.Queued && LeaseUntil > now;

    /// <summary>
    /// True if it may have arrived, also if it waits to be sent once more because no reply came.
    /// </summary>
    public bool MayHaveArrived =>
        State is LetterState.Sent or LetterState.Unknown
        || (State == LetterState.Queued && Failure == LetterState.Unknown);

    /// <summary>The table of its outbox.</summary>
    public string Table { get; init; } = "";
}
