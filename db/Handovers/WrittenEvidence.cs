namespace Campaigns.Db.Handovers;

/// <summary>A file of evidence that is on disk and has no row yet.</summary>
public sealed record WrittenEvidence(string FileName, byte[] Key, string MediaType, long Bytes, string Sha256);
