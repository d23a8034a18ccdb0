using Campaigns.Worker.Jobs;

namespace Campaigns.Api.Pages;

/// <summary>
/// The job board for an operator on this machine, in Development. Elsewhere the address does not
/// exist.
/// </summary>
internal static class JobBoardPage
{
    private const string Path = "/staff/jobs";

    /// <summary>To be mapped in Development only.</summary>
    public static void MapJobBoardPage(this IEndpointRouteBuilder routes)
    {
        // A worker has the board in its own memory, so this process shows a message instead.
        if (!JobBoard.IsHere(routes.ServiceProvider))
            routes.MapGet(Path, () => PageResults.Message("JobsElsewhere")).Protect();
        else
            routes.MapJobBoard(Path).Protect().Add(AdaptToDashboard);
    }

    private static TBuilder Protect<TBuilder>(this TBuilder pages)
        where TBuilder : IEndpointConventionBuilder =>
        pages.ExcludeFromDescription().OnThisMachineOnly().AddEndpointFilter<TBuilder, SameSiteFilter>();

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
