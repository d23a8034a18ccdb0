using Campaigns.Invalidations;

namespace Campaigns.Db.Invalidations;

/// <summary>A bulk invalidation as stored.</summary>
public sealed record Invalidation
{
    internal const string Columns = """
        id, campaign_id, reason, countries, signed_from, signed_to, states, wave, mail_domain, hold_reason, status,
        requested_at, requested_by, covered, covered_confirmed, by_country, stale_packets, sample, started_by,
        approved_by, started_at, ended_at, walked_to, invalidated, restored, undone_by, undo_ended_at, attempt
        """;

    public required long Id { get; init; }
    public required long CampaignId { get; init; }
    public required string Reason { get; init; }
    public required IReadOnlyList<string>? Countries { get; init; }
    public required DateTimeOffset? SignedFrom { get; init; }
    public required DateTimeOffset? SignedTo { get; init; }
    public required IReadOnlyList<string>? States { get; init; }
    public required long? Wave { get; init; }
    public required string? MailDomain { get; init; }
    public required string? HoldReason { get; init; }

    /// <summary>One of <see cref="InvalidationStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Signatures are covered as they were then.</summary>
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>Null for the operator at the command line.</summary>
    public required long? RequestedBy { get; init; }

    /// <summary>How many signatures it covers; null until they are counted.</summary>
    public required long? Covered { get; init; }
    public required long? CoveredConfirmed { get; init; }

    /// <summary>A JSON object of numbers by country.</summary>
    public required string? ByCountry { get; init; }

    /// <summary>The ids of the ready packets that show one of them.</summary>
    public required IReadOnlyList<string>? StalePackets { get; init; }

    /// <summary>Some of the ids.</summary>
    public required IReadOnlyList<string>? Sample { get; init; }
    public required long? StartedBy { get; init; }
    public required long? ApprovedBy { get; init; }
    public required DateTimeOffset? StartedAt { get; init; }
    public required DateTimeOffset? EndedAt { get; init; }
    public required long WalkedTo { get; init; }

    /// <summary>How many signatures it has invalidated.</summary>
    public required long Invalidated { get; init; }

    /// <summary>How many an undo has restored.</summary>
    public required long Restored { get; init; }
    public required long? UndoneBy { get; init; }
    public required DateTimeOffset? UndoEndedAt { get; init; }
    public required int Attempt { get; init; }

    public InvalidationConditions Conditions =>
        new()
        {
            Countries = Countries,
            SignedFrom = SignedFrom,
            SignedTo = SignedTo,
            States = States,
            Wave = Wave,
            MailDomain = MailDomain,
            HoldReason = HoldReason,
        };
}
