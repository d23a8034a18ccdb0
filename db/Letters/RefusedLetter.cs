namespace Campaigns.Db.Letters;

/// <summary>A letter to a signer that a mail server refused.</summary>
internal readonly record struct RefusedLetter(long CampaignId, long SignatureId, long LetterId, string Kind);
