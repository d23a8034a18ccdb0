namespace Campaigns.Db.Staff;

/// <summary>An <c>Idempotency-Key</c> of a member of staff.</summary>
/// <param name="StaffId">The member; two members may choose the same key.</param>
/// <param name="KeyHash">SHA-256 of the key.</param>
/// <param name="RequestHash">SHA-256 of method, address and body.</param>
public sealed record IdempotencyKey(long StaffId, byte[] KeyHash, byte[] RequestHash);
