using Campaigns.Api.Http;
using Campaigns.Db.Bounces;
using Campaigns.Worker.Mail.Reports;
using Microsoft.Net.Http.Headers;

namespace Campaigns.Api.Endpoints.Hooks;

/// <summary>
/// Reports of letters that came back and complaints, from mail servers and providers. A report that
/// proves its origin is always 200, so that the answer does not show which addresses exist.
/// </summary>
internal static class BounceHookEndpoints
{
    private const string Message = "message/rfc822";
    private const int MostBytes = 512 * 1024;

    public static void MapBounceHook(this IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/api/hooks/bounces", Receive)
            .RequireNetworkLimit(NetworkLimit.Other)
            .Describe(
                "reportBounce",
                Tag.Mail,
                "Takes a delivery report as message/rfc822 (RFC 3464) to the tagged address of a letter, or the JSON "
                    + "of Amazon SES over SNS, Mailgun or Postmark. A provider that no setting names is 404."
            )
            .Produces(StatusCodes.Status200OK)
            .ProducesProblems(
                Refusal.HookNotSigned,
                Refusal.NotFound,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.Overloaded
            );

    private static async Task<IResult> Receive(
        HttpRequest request,
        ProviderHooks hooks,
        SubscriptionNote note,
        BounceStore bounces
    )
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
            return Refusal.MediaType.ToProblem();
        var isMessage = type.MediaType.Equals(Message, StringComparison.OrdinalIgnoreCase);
        // SNS sends its JSON as text/plain.
        if (!isMessage && !request.HasJsonContentType() && type.MediaType != "text/plain")
            return Refusal.MediaType.ToProblem();
        if (await RequestBody.ReadAsync(request, MostBytes) is not { } body)
            return Refusal.BodyTooLarge.ToProblem();
        return isMessage
            ? await TakeMessageAsync(body, hooks, bounces, request.HttpContext.RequestAborted)
            : await TakeJsonAsync(body, request, hooks, note, bounces);
    }

    private static async Task<IResult> TakeMessageAsync(
        ReadOnlyMemory<byte> body,
        ProviderHooks hooks,
        BounceStore bounces,
        CancellationToken cancellation
    )
    {
        if (!hooks.TakesMessages)
            return Refusal.NotFound.ToProblem();
        using var stream = new MemoryStream(body.ToArray());
        var report = await DeliveryReport.ReadAsync(stream, hooks.BounceAddress, cancellation);
        return report.Tags.FirstOrDefault(bounces.IsGenuine) is { } tag
            ? ToResult(await bounces.ApplyAsync(report.Of(tag), token: null, cancellation))
            : Refusal.HookNotSigned.ToProblem();
    }

    private static async Task<IResult> TakeJsonAsync(
        ReadOnlyMemory<byte> body,
        HttpRequest request,
        ProviderHooks hooks,
        SubscriptionNote note,
        BounceStore bounces
    )
    {
        var cancellation = request.HttpContext.RequestAborted;
        var message = await hooks.ReadAsync(body, request.Headers.Authorization, cancellation);
        switch (message.State)
        {
            case HookState.SwitchedOff:
                return Refusal.NotFound.ToProblem();
            case HookState.Genuine:
                return ToResult(await bounces.ApplyAsync(message.Reports, message.Token, cancellation));
            case HookState.Subscription:
                await note.WriteAsync(message.SubscribeUrl, cancellation);
                return TypedResults.Ok();
            default:
                return Refusal.HookNotSigned.ToProblem();
        }
    }

    private static IResult ToResult(ReportResult result) =>
        result switch
        {
            ReportResult.Applied => TypedResults.Ok(),
            ReportResult.Repeated => Refusal.HookNotSigned.ToProblem(),
            _ => Refusal.Overloaded.ToProblem(),
        };
}
