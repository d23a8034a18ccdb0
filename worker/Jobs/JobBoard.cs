using Hangfire;
using Hangfire.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Worker.Jobs;

/// <summary>The job board as pages: Hangfire's dashboard.</summary>
public static class JobBoard
{
    /// <summary>
    /// What the dashboard's pages may load: its own scripts, styles and fonts, and nothing inline.
    /// </summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>True when all processes share one board.</summary>
    public static bool IsShared(IConfiguration configuration) =>
        configuration[$"{JobsOptions.Section}:{nameof(JobsOptions.Storage)}"] == JobsOptions.Postgres;

    /// <summary>
    /// True when this process can show the board; otherwise a worker has it in memory.
    /// </summary>
    public static bool IsHere(IServiceProvider services) => services.GetService<JobStorage>() is not null;

    /// <summary>
    /// Maps the pages below an address. They check no access; the caller must restrict it.
    /// </summary>
    /// <param name="routes">The routes, whose filters apply to the pages.</param>
    /// <param name="pattern">The address in the routes.</param>
    /// <param name="home">Where the board's link to its site leads.</param>
    /// <param name="readOnly">True if the board can trigger, delete and requeue nothing.</param>
    public static IEndpointConventionBuilder MapJobBoard(
        this IEndpointRouteBuilder routes,
        string pattern,
        string home,
        bool readOnly
    ) =>
        routes.MapHangfireDashboard(
            pattern,
            new DashboardOptions
            {
                Authorization = [],
                AsyncAuthorization = [],
                AppPath = routes.ServiceProvider.GetRequiredService<PublicAddress>().Path + home,
                IsReadOnlyFunc = _ => readOnly,
                DashboardTitle = "Campaign jobs",
                DisplayStorageConnectionString = false,
                DisplayNameFunc = (_, job) => NameOf(job),
            }
        );

    private static string NameOf(Job job)
    {
        if (job.Type == typeof(PacketJobs))
            return $"build packet {Ids.Text((long)job.Args[0])}";
        return job.Type == typeof(LetterJobs)
            ? $"{LetterJobs.Name}, when letters are due"
            : $"{job.Args[0]}, {job.Args[1]}";
    }
}
