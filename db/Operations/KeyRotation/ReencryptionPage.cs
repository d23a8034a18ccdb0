namespace Campaigns.Db.Operations.KeyRotation;

/// <summary>The result of re-encrypting one page of rows.</summary>
/// <param name="Last">The last id of the page, after which the next page begins; null at the
/// end.</param>
/// <param name="Renewed">Rows that had an older version.</param>
/// <param name="Damaged">Rows that no key decrypts; they were left unchanged.</param>
public sealed record ReencryptionPage(long? Last, int Renewed, int Damaged);
