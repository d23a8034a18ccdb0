using Campaigns.Backups;
using Campaigns.Db.Operations.ScheduledBackups;

namespace Campaigns.Api.Http;

/// <summary>The last scheduled backup was not made.</summary>
internal sealed class BackupWarning(ScheduledBackups backups) : IWarning
{
    public string Name => "backup";

    public string? Find() => backups.FindLast() is { Failure: { } failure } ? BackupFailure.Sentence(failure) : null;
}
