namespace Campaigns.Db.Engine;

/// <summary>
/// There is too much to write: the write queue is full, or other processes write the same row all
/// the time. The caller should answer 503 so that the client retries.
/// </summary>
public sealed class OverloadedException(string message = "The write queue is full; retry later.") : Exception(message);
