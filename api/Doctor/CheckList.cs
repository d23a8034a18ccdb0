using Campaigns.Api.Doctor.Data;
using Campaigns.Api.Doctor.Mail;
using Campaigns.Api.Doctor.Settings;
using Campaigns.Api.Doctor.Web;
using Campaigns.Api.Doctor.Work;

namespace Campaigns.Api.Doctor;

/// <summary>Every check, in the order in which results are shown.</summary>
internal static class CheckList
{
    public static IReadOnlyList<CheckDefinition> All { get; } =
    [
        CheckDefinition.For<SettingsCheck>(),
        CheckDefinition.For<UnsafeSettingsCheck>(),
        CheckDefinition.For<KeyFilesCheck>(),
        CheckDefinition.For<KeysMatchCheck>(),
        CheckDefinition.For<DecryptionCheck>(),
        CheckDefinition.For<EngineCheck>(),
        CheckDefinition.For<SchemaCheck>(),
        CheckDefinition.For<IntegrityCheck>(),
        CheckDefinition.For<WriteAheadLogCheck>(),
        CheckDefinition.For<DiskSpaceCheck>(),
        CheckDefinition.For<FileSystemCheck>(),
        CheckDefinition.For<FsyncCheck>(),
        CheckDefinition.For<ClockCheck>(),
        CheckDefinition.For<PublicAddressCheck>(),
        CheckDefinition.For<HttpsCheck>(),
        CheckDefinition.For<SecurityHeadersCheck>(),
        CheckDefinition.For<ProxiesCheck>(),
        CheckDefinition.For<MailCheck>(),
        CheckDefinition.For<SpfCheck>(),
        CheckDefinition.For<DkimCheck>(),
        CheckDefinition.For<DmarcCheck>(),
        CheckDefinition.For<BounceAddressCheck>(),
        CheckDefinition.For<OutboxCheck>(),
        CheckDefinition.For<GivenUpLettersCheck>(),
        CheckDefinition.For<JobsCheck>(),
        CheckDefinition.For<CountersCheck>(),
        CheckDefinition.For<LedgerCheck>(),
        CheckDefinition.For<LedgerRebuildCheck>(),
        CheckDefinition.For<AuditCheck>(),
        CheckDefinition.For<JournalCheck>(),
        CheckDefinition.For<StalePacketsCheck>(),
        CheckDefinition.For<BackupCheck>(),
        CheckDefinition.For<RestoreDrillCheck>(),
        CheckDefinition.For<RetentionCheck>(),
        CheckDefinition.For<SecondFactorCheck>(),
        CheckDefinition.For<AdministratorsCheck>(),
        CheckDefinition.For<PasskeysCheck>(),
        CheckDefinition.For<FreezeCheck>(),
        CheckDefinition.For<LogCheck>(),
    ];
}
