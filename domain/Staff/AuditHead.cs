namespace Campaigns.Staff;

/// <summary>The newest link of the chain over the audit trail.</summary>
/// <param name="Size">The number of links ever made.</param>
/// <param name="Hash">The hash of the newest link, in lower-case hex.</param>
public sealed record AuditHead(long Size, string Hash);
