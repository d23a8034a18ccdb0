using Campaigns.Api.Pages;
using Campaigns.Db.Freezes;

namespace Campaigns.Api.Http;

/// <summary>
/// Endpoints that a freeze stops: signing, and what lets data leave. Others go on, above all those
/// by which signers leave.
/// </summary>
internal static class FrozenEndpoints
{
    private static readonly TimeSpan _askAgain = TimeSpan.FromMinutes(1);

    /// <summary>Answers 503 <c>frozen</c> while the installation is frozen.</summary>
    public static T StopsWhileFrozen<T>(this T endpoints)
        where T : IEndpointConventionBuilder => endpoints.ProducesProblems(Refusal.Frozen).WithMetadata(new Mark());

    public static IApplicationBuilder UseFreeze(this IApplicationBuilder app)
    {
        var freezes = app.ApplicationServices.GetRequiredService<FreezeStore>();
        var time = app.ApplicationServices.GetRequiredService<TimeProvider>();
        return app.Use(next =>
            context =>
            {
                if (context.GetEndpoint()?.Metadata.GetMetadata<Mark>() is null)
                    return next(context);
                var found = freezes.FindAsync();
                // Signing passes here: a request that is not stopped costs no allocation.
                return found is { IsCompletedSuccessfully: true, Result: null }
                    ? next(context)
                    : WaitAsync(context, found, next, time);
            }
        );
    }

    private static async Task WaitAsync(
        HttpContext context,
        ValueTask<Freeze?> found,
        RequestDelegate next,
        TimeProvider time
    )
    {
        if (await found is not { } freeze)
        {
            await next(context);
            return;
        }
        RetryAfter.Set(context.Response, freeze.Until - time.UtcNow() ?? _askAgain);
        if (context.IsPage())
            await PageResults.Message("Frozen", Problems.Status(Refusal.Frozen.Code)).ExecuteAsync(context);
        else
            await Problems.WriteAsync(context, Refusal.Frozen);
    }

    private sealed class Mark;
}
