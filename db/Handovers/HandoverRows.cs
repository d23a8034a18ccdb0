namespace Campaigns.Db.Handovers;

internal sealed class HandoverRow
{
    public required long Id { get; init; }
    public required long CampaignId { get; init; }
    public required int Version { get; init; }
    public required string RecipientKey { get; init; }
    public required string? Occasion { get; init; }
    public required DateOnly? PlannedOn { get; init; }
    public required string? PlannedTime { get; init; }
    public required bool IsPublic { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset? CancelledAt { get; init; }
    public required byte[]? Place { get; init; }
    public required byte[]? Delegation { get; init; }
    public required byte[]? Note { get; init; }
}

internal sealed class HandoverPacketRow
{
    public required long HandoverId { get; init; }
    public required long PacketId { get; init; }
}

internal sealed class HandoverAttemptRow
{
    public required long Id { get; init; }
    public required long HandoverId { get; init; }
    public required int Number { get; init; }
    public required DateOnly OnDay { get; init; }
    public required string Outcome { get; init; }
    public required IReadOnlyList<string> Packets { get; init; }
    public required DateTimeOffset RecordedAt { get; init; }
    public required DateTimeOffset? CorrectedAt { get; init; }
    public required byte[]? Place { get; init; }
    public required byte[]? CarriedBy { get; init; }
    public required byte[]? Reference { get; init; }
    public required byte[]? Note { get; init; }
}

internal sealed class HandoverAnswerRow
{
    public required long HandoverId { get; init; }
    public required int Number { get; init; }
    public required DateOnly OnDay { get; init; }
    public required string Kind { get; init; }
    public required string Summary { get; init; }
    public required string? Source { get; init; }
    public required DateTimeOffset RecordedAt { get; init; }
    public required DateTimeOffset? CorrectedAt { get; init; }
}
