using Campaigns.Db.Handovers;

namespace Campaigns.Api.Endpoints.Handovers;

/// <summary>A file of evidence. The hash is that of the file as it is downloaded.</summary>
internal sealed record EvidenceView(int K, string MediaType, long Bytes, string Sha256, DateTimeOffset RecordedAt)
{
    public static EvidenceView From(RecordedEvidence evidence) =>
        new(evidence.Number, evidence.MediaType, evidence.Bytes, evidence.Sha256, evidence.RecordedAt);
}

/// <summary>The files that were added.</summary>
internal sealed record EvidenceListView(IReadOnlyList<EvidenceView> Items);

/// <summary>Why a file is erased.</summary>
internal sealed record EvidenceReasonRequest(string Reason);
