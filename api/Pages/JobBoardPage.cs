using Campaigns.Worker.Jobs;

namespace Campaigns.Api.Pages;

/// <summary>
/// The job board, for administrators. Outside Development it triggers, deletes and requeues
/// nothing.
/// </summary>
internal static class JobBoardPage
{
    private const string Path = "/staff/jobs";
    private const string Home = "/staff/system";

    /// <summary>Maps the board into a group that checks the session and the site.</summary>
    public static void MapJobBoardPage(this IEndpointRouteBuilder administrators)
    {
        var services = administrators.ServiceProvider;
        // A worker has the board in its own memory, so this process shows a message instead.
        if (!JobBoard.IsHere(services))
            administrators.MapPage(Path, () => PageResults.Message("JobsElsewhere"));
        else
            administrators
                .MapJobBoard(
                    Path,
                    Home,
                    readOnly: !services.GetRequiredService<IHostEnvironment>().IsDevelopment()
                )
                .Add(AdaptToDashboard);
    }

    private static void AdaptToDashboard(EndpointBuilder endpoint)
    {
        var show = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = context =>
        {
            context.Response.Headers.ContentSecurityPolicy = JobBoard.ContentSecurityPolicy;
            // The dashboard reads a form from every request and fails with 500 if there is none.
            if (!PageForm.IsForm(context.Request))
                context.Request.Form = FormCollection.Empty;
            return show(context);
        };
    }
}
