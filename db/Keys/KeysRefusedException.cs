namespace Campaigns.Db.Keys;

/// <summary>
/// Keys are missing or do not belong to this database. The message names files and versions, never
/// key material.
/// </summary>
public sealed class KeysRefusedException(string message) : Exception(message);
