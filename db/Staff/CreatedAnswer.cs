namespace Campaigns.Db.Staff;

/// <summary>The answer to a request that created something.</summary>
public sealed record CreatedAnswer(int Status, string Location, string? ETag, byte[] Body);
