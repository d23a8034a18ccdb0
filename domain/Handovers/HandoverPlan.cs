namespace Campaigns.Handovers;

/// <summary>A hand-over as staff planned it: its fields are checked.</summary>
public sealed record HandoverPlan
{
    /// <summary>The key of the recipient.</summary>
    public required string Recipient { get; init; }
    public required string? Occasion { get; init; }
    public required DateOnly? PlannedOn { get; init; }

    /// <summary>The local time of the recipient.</summary>
    public required TimeOnly? Time { get; init; }
    public required HandoverNotes Notes { get; init; }

    /// <summary>The ids of the packets, at least one.</summary>
    public required IReadOnlyList<long> Packets { get; init; }

    /// <summary>True if the page of the campaign shows it.</summary>
    public required bool IsPublic { get; init; }

    /// <summary>True if staff give the plan up.</summary>
    public bool IsCancelled { get; init; }
}
