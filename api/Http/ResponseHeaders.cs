namespace Campaigns.Api.Http;

/// <summary>
/// Headers of every response, pages and API alike. They are added when the response starts, because
/// the exception handler clears earlier ones.
/// </summary>
internal static class ResponseHeaders
{
    public static void UseResponseHeaders(this WebApplication app) =>
        app.Use(
            (context, next) =>
            {
                context.Response.OnStarting(Add, context.Response);
                return next(context);
            }
        );

    private static Task Add(object state)
    {
        var response = (HttpResponse)state;
        // A browser must not run JSON or a ledger line as a script or a page.
        response.Headers.XContentTypeOptions = "nosniff";
        RetryAfter.Complete(response);
        return Task.CompletedTask;
    }
}
