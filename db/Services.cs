using Campaigns.Db.Bounces;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Files;
using Campaigns.Db.Freezes;
using Campaigns.Db.Handovers;
using Campaigns.Db.Invalidations;
using Campaigns.Db.Journals;
using Campaigns.Db.Keys;
using Campaigns.Db.Ledger;
using Campaigns.Db.Letters;
using Campaigns.Db.Operations;
using Campaigns.Db.Operations.KeyRotation;
using Campaigns.Db.Operations.PostgresMigration;
using Campaigns.Db.Operations.ScheduledBackups;
using Campaigns.Db.Packets;
using Campaigns.Db.Sendings;
using Campaigns.Db.Sharing;
using Campaigns.Db.Signatures;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Db.Subscribers;
using Campaigns.Db.Timeline;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Campaigns.Db;

public static class Services
{
    /// <summary>
    /// Registers the database and all stores. The database opens when first resolved; see
    /// <see cref="Database.Open"/> for <paramref name="withoutJournal"/>.
    /// </summary>
    public static IServiceCollection AddCampaignDatabase(
        this IServiceCollection services,
        IConfiguration configuration,
        InstallationRoot root,
        bool serving,
        bool withoutJournal = false
    )
    {
        services
            .AddOptions<DataOptions>()
            .Bind(configuration.GetSection("Data"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services
            .AddOptions<KeysOptions>()
            .Bind(configuration.GetSection("Keys"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services
            .AddOptions<DatabaseOptions>()
            .Bind(configuration.GetSection("Database"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton(root);
        services.AddSingleton(provider =>
            Database.Open(
                provider.GetRequiredService<IOptions<DatabaseOptions>>().Value,
                root.Resolve(provider.GetRequiredService<IOptions<DataOptions>>().Value.Directory),
                root.Resolve(provider.GetRequiredService<IOptions<KeysOptions>>().Value.Directory),
                provider.GetRequiredService<IOptions<KeysOptions>>().Value.OldTokensVerifyFor,
                serving,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILoggerFactory>(),
                withoutJournal
            )
        );
        services
            .AddSingleton(provider => provider.GetRequiredService<Database>().Keys)
            .AddSingleton<KeyStore>()
            .AddSingleton<ReencryptionStore>()
            .AddSingleton<AccountReencryption>()
            .AddSingleton<HandoverReencryption>()
            .AddSingleton<BounceStore>()
            .AddSingleton<SubscriberReencryption>();
        services
            .AddOptions<LimitOptions>()
            .Bind(configuration.GetSection("Limits"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<LimitTally>();
        services
            .AddOptions<InvalidationOptions>()
            .Bind(configuration.GetSection("Invalidations"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<CampaignStore>().AddSingleton<CampaignEditor>();
        services
            .AddOptions<LedgerOptions>()
            .Bind(configuration.GetSection("Ledger"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services
            .AddSingleton<LedgerStore>()
            .AddSingleton<LedgerSealer>()
            .AddSingleton<LedgerRecovery>()
            .AddSingleton<QuarantinedEntries>()
            .AddSingleton<SealingSuspensions>()
            .AddSingleton<LedgerQueueStore>()
            .AddSingleton<LedgerSelfCheck>()
            .AddSingleton<LedgerImport>();
        services
            .AddSingleton<CountStore>()
            .AddSingleton<HourlySnapshot>()
            .AddSingleton<HourFoldStore>()
            .AddSingleton<TrendStore>()
            .AddSingleton<ProviderTrendStore>()
            .AddSingleton<FigureStore>()
            .AddSingleton<QueueStore>()
            .AddSingleton<LiveCounts>()
            .AddSingleton<CountHistory>()
            .AddSingleton<FreezeStore>();
        services.AddSingleton<ClockStore>();
        services
            .AddOptions<BackupOptions>()
            .Bind(configuration.GetSection("Backup"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services
            .AddSingleton<BackupStore>()
            .AddSingleton<BackupLog>()
            .AddSingleton<ScheduledBackups>()
            .AddSingleton<IValidateOptions<BackupOptions>, BackupOptionsRules>()
            .AddSingleton<Migrator>()
            .AddSingleton<JournalStore>();
        services
            .AddOptions<AuditOptions>()
            .Bind(configuration.GetSection("Audit"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services
            .AddSingleton<StaffStore>()
            .AddSingleton<TokenStore>()
            .AddSingleton<CalendarStore>()
            .AddSingleton<SessionStore>()
            .AddSingleton<AccountStore>()
            .AddSingleton<PasskeyStore>()
            .AddSingleton<RecoveryCodeStore>()
            .AddSingleton<MemberLetterStore>()
            .AddSingleton<AddressStore>()
            .AddSingleton<InvitationStore>()
            .AddSingleton<MemberStore>()
            .AddSingleton<EndedAccessStore>()
            .AddSingleton<LookStore>()
            .AddSingleton<AuditStore>()
            .AddSingleton<AuditChainStore>()
            .AddSingleton<AuditRetentionStore>()
            .AddSingleton<IdempotencyStore>();
        services
            .AddOptions<PacketsOptions>()
            .Bind(configuration.GetSection("Packets"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton(provider => new PacketFolder(
            FolderIn(provider, root, provider.GetRequiredService<IOptions<PacketsOptions>>().Value.Directory, "packets")
        ));
        services
            .AddSingleton<PacketStore>()
            .AddSingleton<PacketApprovalStore>()
            .AddSingleton<StaleCauseStore>()
            .AddSingleton<PrintedLineStore>()
            .AddSingleton<PacketQueue>()
            .AddSingleton<PacketReader>()
            .AddSingleton<PacketPreviewStore>();
        services.AddSingleton<SignatureEncryption>().AddSingleton<NetworkRequestCounter>().AddSingleton<HoldWaves>();
        services
            .AddSingleton<Mailboxes>()
            .AddSingleton<SigningStore>()
            .AddSingleton<ConfirmationStore>()
            .AddSingleton<NotMeStore>()
            .AddSingleton<SuppressionStore>()
            .AddSingleton<MySignatureStore>()
            .AddSingleton<ModerationStore>()
            .AddSingleton<WaveStore>()
            .AddSingleton<StaffSignatureReader>()
            .AddSingleton<StaffSignatureStore>();
        services
            .AddSingleton<InvalidationStore>()
            .AddSingleton<InvalidationReader>()
            .AddSingleton<InvalidationCounter>()
            .AddSingleton<InvalidationQueue>()
            .AddSingleton<InvalidationRetention>();
        services
            .AddOptions<SubscriberOptions>()
            .Bind(configuration.GetSection("Subscribers"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services
            .AddSingleton<SubscriberEncryption>()
            .AddSingleton<SignerSubscriptions>()
            .AddSingleton<SubscriberStore>()
            .AddSingleton<SubscriberReader>()
            .AddSingleton<SubscriberWalk>()
            .AddSingleton<SendingStore>()
            .AddSingleton<SendingAdvance>()
            .AddSingleton<SendingRetention>()
            .AddSingleton<UpdateTestStore>()
            .AddSingleton<UpdateLetterStore>()
            .AddSingleton<SubscriberRetention>();
        services
            .AddOptions<EvidenceOptions>()
            .Bind(configuration.GetSection("Evidence"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton(provider => new EvidenceFolder(
            FolderIn(
                provider,
                root,
                provider.GetRequiredService<IOptions<EvidenceOptions>>().Value.Directory,
                "evidence"
            )
        ));
        services
            .AddSingleton<HandoverEncryption>()
            .AddSingleton<HandoverReader>()
            .AddSingleton<HandoverStore>()
            .AddSingleton<HandoverRecordStore>()
            .AddSingleton<PublicHandovers>()
            .AddSingleton<EvidenceStore>()
            .AddSingleton<AnswerReminderStore>()
            .AddSingleton<HandoverRetention>();
        services
            .AddSingleton<TimelineReader>()
            .AddSingleton<TimelineStore>()
            .AddSingleton<MilestoneStore>()
            .AddSingleton<PublicTimeline>()
            .AddSingleton<ShareCodeStore>()
            .AddSingleton<ShareTally>();
        services
            .AddSingleton<LetterStore>()
            .AddSingleton<StaffLetterStore>()
            .AddSingleton<MailDomainStore>()
            .AddSingleton<ExpiryStore>()
            .AddSingleton<RetentionStore>()
            .AddSingleton<RecountStore>();
        return services;
    }

    // The folder of the settings, otherwise one in the data folder.
    private static string FolderIn(IServiceProvider provider, InstallationRoot root, string setting, string name) =>
        setting.Length > 0
            ? root.Resolve(setting)
            : Path.Combine(root.Resolve(provider.GetRequiredService<IOptions<DataOptions>>().Value.Directory), name);
}
