namespace Campaigns.Db.Engine;

/// <summary>
/// Another process acquired this process's writer number, because this process was paused longer
/// than its lease.
/// </summary>
internal sealed class WriterLeaseLostException : Exception;
