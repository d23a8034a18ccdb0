
namespace Campaigns.Db.Operations;

/// <summary>A backup or restore was refused. The message is for the operator.</summary>
public sealed class BackupRefusedException(string message) : Exception(message);
