namespace Campaigns.Db.Operations.ScheduledBackups;

/// <summary>What was written reads back differently.</summary>
public sealed class BackupNotVerifiedException() : Exception("The backup reads back differently.");
