using System.Globalization;
using Campaigns.Api.Doctor;
using Campaigns.Api.Doctor.Web;
using Campaigns.Api.Endpoints.Campaigns;
using Campaigns.Api.Endpoints.Counts;
using Campaigns.Api.Endpoints.Handovers;
using Campaigns.Api.Endpoints.Hooks;
using Campaigns.Api.Endpoints.Invalidations;
using Campaigns.Api.Endpoints.Ledger;
using Campaigns.Api.Endpoints.Letters;
using Campaigns.Api.Endpoints.Live;
using Campaigns.Api.Endpoints.Packets;
using Campaigns.Api.Endpoints.Sendings;
using Campaigns.Api.Endpoints.Sharing;
using Campaigns.Api.Endpoints.Signatures;
using Campaigns.Api.Endpoints.Staff;
using Campaigns.Api.Endpoints.Subscribers;
using Campaigns.Api.Endpoints.Timeline;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Api.Pages.DevMail;
using Campaigns.Api.StaffConsole;
using Campaigns.Api.StaffConsole.SignIn;
using Campaigns.Api.Telemetry;
using Campaigns.Db;
using Campaigns.Worker;
using Campaigns.Worker.Mail;
using Campaigns.Worker.Mail.Folder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace Campaigns.Api;

/// <summary>
/// Composes the server: settings, services, the order of the middleware, and all routes.
/// </summary>
public static class CampaignApp
{
    private const string DefaultUrls = "http://localhost:5080";

    /// <summary>
    /// Builds the server without starting it. <paramref name="args"/> are settings, and
    /// <see cref="WithoutJournal.Option"/>. <paramref name="configure"/> runs last, so that a test
    /// can replace services. Throws when a setting, the keys or the database refuse the start.
    /// </summary>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        // Independent of the machine's culture: only pages write numbers and dates in a language.
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        var root = InstallationRoot.Find();
        var (settings, withoutJournal) = WithoutJournal.Split(args);
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = settings, ContentRootPath = root.Path }
        );
        builder.Configuration.Sources.Insert(
            0,
            new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource
            {
                InitialData = [new(WebHostDefaults.ServerUrlsKey, DefaultUrls)],
            }
        );
        var hostsWorker = builder.Configuration.GetValue("Worker:InProcess", true);
        if (
            !hostsWorker
            && builder.Configuration.GetValue("Database:Provider", DatabaseOptions.Sqlite) == DatabaseOptions.Sqlite
        )
            throw new StartRefusedException(
                "Worker:InProcess=false needs PostgreSQL (Database:Provider=postgres): a SQLite file has one server."
            );

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.SuppressPathLogging();
        // Suppresses the warning about unencrypted cookie keys: like the product's keys, file permissions protect them.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Services.AddSteadyClock();
        builder
            .Services.AddCampaignDatabase(builder.Configuration, root, serving: true, withoutJournal)
            .AddLedgerRecovery();
        builder
            .Services.AddDataProtection()
            .SetApplicationName("Campaign")
            .PersistKeysToFileSystem(
                new DirectoryInfo(
                    Path.Combine(
                        root.Resolve(builder.Configuration["Keys:Directory"] ?? "data/keys"),
                        "data-protection"
                    )
                )
            );
        builder
            .Services.AddProblemDetails(options =>
                // The framework's addition; requests are not traced, so it names nothing.
                options.CustomizeProblemDetails = context => context.ProblemDetails.Extensions.Remove("traceId")
            )
            .AddExceptionHandler<FailureHandler>();
        builder.Services.AddContractJson();
        builder.Services.AddNetworkLimits();
        builder
            .Services.AddSingleton<StaffSignInLimiter>()
            .AddSingleton<CountsResponseCache>()
            .AddSingleton<HistoryResponseCache>()
            .AddSingleton<CampaignResponseCache>()
            .AddSingleton<CampaignTimelines>()
            .AddSingleton<TreeHeadCache>()
            .AddSingleton<PacketDownload>()
            .AddSingleton<EvidenceUpload>()
            .AddScoped<TodayReader>()
            .AddSingleton<LiveReader>()
            .AddSingleton<LiveStream>()
            .AddSingleton<LettersReader>()
            .AddSingleton<SubscriptionNote>()
            .AddSingleton<LimitsReader>()
            .AddSingleton<ShareCodeReader>()
            .AddSingleton<WriteProbe>()
            .AddSingleton<SystemStatus>()
            .AddSingleton<RecentChecks>()
            .AddSingleton<LedgerVerifier>()
            .AddSingleton<LedgerStatus>();
        builder.Services.AddCors().AddSingleton<ICorsPolicyProvider, CampaignCorsPolicyProvider>();
        builder.Services.AddCampaignHealth(hostsWorker);
        builder.Services.AddDoctor(builder.Configuration, provider =>
            provider.GetRequiredService<Database>().Inspect()
        );
        ApiDocument.Add(builder.Services);
        builder.Services.AddSingleton<IdempotentRequests>();
        builder.Services.AddPages().AddConsole();
        builder.Services.AddWorkerJobs(builder.Configuration);
        if (hostsWorker)
            builder.Services.AddSchedule(builder.Configuration);
        else
            builder.Services.AddApiOnlySchedule(builder.Configuration);
        builder.Services.AddServerTelemetry(builder.Configuration);
        configure?.Invoke(builder);

        var app = builder.Build();
        // Validated before any file is created, and before the host, which would print a stack for a wrong setting.
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        app.Services.OpenDatabase();
        app.Services.GetRequiredService<PasskeyHostWarning>().Report();
        app.UseKnownProxies();
        app.UsePublicPath();
        app.UseResponseHeaders();
        app.UseRequestLog();
        // Before the exception handler, which writes its page in the reader's language.
        app.UsePageLanguage();
        app.UseExceptionHandler();
        app.UsePages();
        app.UseProblems();
        app.UseRouting();
        app.UseCors();
        app.UseFreeze();
        app.UseRateLimiter();
        var routes = app.MapGroup("").AnswersHead();
        Map(routes);
        if (app.Environment.IsDevelopment())
        {
            routes.MapDevDemonstration();
            routes.MapDevSignIn();
        }
        if (
            app.Environment.IsDevelopment()
            && app.Services.GetRequiredService<IOptions<MailOptions>>().Value.Transport == MailTransport.Folder
        )
            routes.MapDevMail(MailFolder.In(root, app.Services.GetRequiredService<IOptions<DataOptions>>().Value));
        app.RefuseAmbiguousPublicPath();
        return app;
    }

    private static void Map(RouteGroupBuilder routes)
    {
        routes.MapApiDocument();
        routes.MapHealth();
        routes.MapIdentity();
        routes.MapCampaigns();
        routes.MapCounts();
        routes.MapTimelines();
        routes.MapSignatures();
        routes.MapSubscriptions();
        routes.MapConfirmations();
        routes.MapMySignature();
        routes.MapLedger();
        routes.MapCalendars();
        routes.MapBounceHook();

        var staff = routes.MapStaffGroup();
        staff.MapStaffCampaigns();
        staff.MapShareCodes();
        staff.MapStaffCounts();
        staff.MapStaffTrends();
        staff.MapStaffAbuse();
        staff.MapStaffFigures();
        staff.MapToday();
        staff.MapLive();
        staff.MapStaffSignatures();
        staff.MapSignatureSearch();
        staff.MapSignatureRequests();
        staff.MapWaves();
        staff.MapInvalidations();
        staff.MapStaffLetters();
        staff.MapSuppressions();
        staff.MapMailDomains();
        staff.MapPackets();
        staff.MapPacketApprovals();
        staff.MapPacketPreviews();
        staff.MapPacketDownloads();
        staff.MapPacketLines();
        staff.MapHandovers();
        staff.MapHandoverRecords();
        staff.MapEvidence();
        staff.MapHandoverCalendar();
        staff.MapStaffTimeline();
        staff.MapSendings();
        staff.MapStaffSubscribers();
        staff.MapAudit();
        staff.MapOwnAccess();
        staff.MapOwnEmail();
        staff.MapOwnCalendars();
        staff.MapMembers();
        staff.MapInvitations();
        staff.MapSystem();
        staff.MapStaffLedger();

        routes.MapReferencePage();
        routes.MapPages();
        routes.MapConsole();
    }
}
