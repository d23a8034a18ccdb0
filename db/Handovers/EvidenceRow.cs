using Campaigns.Handovers;

namespace Campaigns.Db.Handovers;

internal sealed class EvidenceRow
{
    public required long Id { get; init; }
    public required long HandoverId { get; init; }
    public required string Subject { get; init; }
    public required int SubjectNumber { get; init; }
    public required int Number { get; init; }
    public required string MediaType { get; init; }
    public required long Bytes { get; init; }
    public required string Sha256 { get; init; }
    public required DateTimeOffset RecordedAt { get; init; }

    public RecordedEvidence ToEvidence() =>
        new(Id, new EvidenceSubject(Subject, SubjectNumber), Number, MediaType, Bytes, Sha256, RecordedAt);
}
