using Campaigns.Api.Pages;
using Campaigns.Db.Engine;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;

namespace Campaigns.Api.Http;

/// <summary>
/// Handles unexpected exceptions. The log gets type and stack without the message, which may quote
/// personal data. The client gets a problem without details.
/// </summary>
internal sealed class FailureHandler(ILogger<FailureHandler> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext context,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        if (context.Response.HasStarted)
            return false;
        if (
            exception is OperationCanceledException or ConnectionResetException
            && context.RequestAborted.IsCancellationRequested
        )
            return true;
        var refusal = exception switch
        {
            OverloadedException => Refusal.Overloaded,
            _ when StorageException.IsAway(exception) => Refusal.Overloaded,
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Refusal.BodyTooLarge,
            BadHttpRequestException => Refusal.MalformedBody,
            _ => Refusal.Internal,
        };
        if (refusal == Refusal.Internal)
            Log(log, context, exception);
        if (context.IsPage())
            await PageSetup.ExplainAsync(context, Problems.Status(refusal.Code));
        else
            await Problems.WriteAsync(context, refusal);
        return true;
    }

    public static void Log(ILogger log, HttpContext context, Exception exception) =>
        log.LogError(
            ApiEvents.RequestFailed,
            "{Method} {Route} failed with {Exception}\n{Stack}",
            context.Request.Method,
            RequestLog.RouteOf(context),
            exception.GetType().Name,
            exception.StackTrace
        );
}
