using Campaigns.Handovers;

namespace Campaigns.Db.Handovers;

/// <summary>A file of evidence as stored.</summary>
/// <param name="Id">The id of its row.</param>
/// <param name="Subject">The attempt or answer.</param>
/// <param name="Number">Its number in the attempt or answer, from 1; never used again.</param>
/// <param name="MediaType">One of those of <see cref="EvidenceRules"/>.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">The hash of the stored file, in hex.</param>
/// <param name="RecordedAt">When it was sent.</param>
public sealed record RecordedEvidence(
    long Id,
    EvidenceSubject Subject,
    int Number,
    string MediaType,
    long Bytes,
    string Sha256,
    DateTimeOffset RecordedAt
);
