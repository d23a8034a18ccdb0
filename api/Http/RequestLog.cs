using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;

namespace Campaigns.Api.Http;

/// <summary>
/// Logs method, route template, status and time of each request: failed requests as warnings,
/// others at level Information, which is off by default. It never logs the path, because some paths
/// contain tokens.
/// </summary>
internal static class RequestLog
{
    public static void UseRequestLog(this WebApplication app)
    {
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Campaigns.Api.Requests");
        app.Use(
            async (context, next) =>
            {
                var started = Stopwatch.GetTimestamp();
                try
                {
                    await next(context);
                }
                catch (Exception error) when (context.Response.HasStarted)
                {
                    // The response has started, so FailureHandler left the exception. The server would log its
                    // message, so it is logged here and the connection is aborted.
                    FailureHandler.Log(log, context, error);
                    context.Abort();
                }
                // No warning for 503, because refusing under load must stay cheap; its cause is logged elsewhere.
                var level = context.Response.StatusCode is >= 500 and not 503 ? LogLevel.Warning : LogLevel.Information;
                if (!log.IsEnabled(level))
                    return;
                var milliseconds = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                log.Log(
                    level,
                    ApiEvents.Request,
                    "{Method} {Route} {Status} {Milliseconds:0.0} ms",
                    context.Request.Method,
                    RouteOf(context),
                    context.Response.StatusCode,
                    milliseconds
                );
            }
        );
    }

    /// <summary>The template of the matched route; a fixed word if there is none.</summary>
    public static string RouteOf(HttpContext context)
    {
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        return (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";
    }
}
