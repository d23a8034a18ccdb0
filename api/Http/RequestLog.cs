using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;

namespace Campaigns.Api.Http;

/// <summary>
/// A line for each request that failed in here, and for every other at level Information, which is
/// off unless asked for: method, route template, status, time. Never the path: some paths are keys
/// to a person's data.
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
                    // Too late for another answer: the handler of failures left it, and the server would log its
                    // message.
                    FailureHandler.Log(log, context, error);
                    context.Abort();
                }
                // Not for 503: turning people away must stay cheap, and why is said once, where it happened.
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

    /// <summary>The template of the matched route; a fixed word where there is none.</summary>
    public static string RouteOf(HttpContext context)
    {
        var endpoint = context.GetEndpoint() ?? context.Features.Get<IExceptionHandlerFeature>()?.Endpoint;
        return (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";
    }
}
