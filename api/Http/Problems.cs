using Campaigns.Api.Pages;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Campaigns.Api.Http;

/// <summary>
/// The only place that converts refusals to RFC 9457 problem details. Each member of
/// <see cref="Refusal.All"/> has a line.
/// </summary>
internal static class Problems
{
    private const string TypePrefix = "urn:campaign:";

    private static readonly Dictionary<string, (int Status, string Title)> _known = new(StringComparer.Ordinal)
    {
        ["validation"] = (400, "Fields of the request are not valid."),
        ["malformed-body"] = (400, "The body cannot be read."),
        ["not-signed-in"] = (401, "This needs a valid token."),
        ["not-found"] = (404, "There is nothing here."),
        ["no-such-campaign"] = (404, "There is no such campaign."),
        ["link-not-usable"] = (404, "This link is not valid or no longer valid."),
        ["method-not-allowed"] = (405, "This address does not support that method."),
        ["slug-taken"] = (409, "Another campaign has this slug."),
        ["wrong-state"] = (409, "The current state does not allow this."),
        ["campaign-closed"] = (409, "The campaign does not accept signatures now."),
        ["text-changed"] = (409, "The petition text changed since it was shown. Show the new text and ask again."),
        ["recipients-changed"] = (409, "The recipients changed since they were shown. Show them and ask again."),
        ["packet-not-ready"] = (409, "The packet is not ready."),
        ["not-yet-sealed"] = (409, "The ledger does not have this signature yet."),
        ["packet-stale"] = (
            410,
            "The packet is stale: a signer in it withdrew or lowered their disclosure. Build it again."
        ),
        ["body-too-large"] = (413, "The body is too large."),
        ["media-type"] = (415, "The body must be application/json."),
        ["rate-limited"] = (429, "Too many requests from this network. Try again later."),
        ["internal"] = (500, "Internal error; the change was rolled back."),
        ["overloaded"] = (503, "Server overloaded; retry later."),
    };

    /// <summary>The codes with a status and a title.</summary>
    public static IEnumerable<string> Codes => _known.Keys;

    public static int Status(string code) => _known[code].Status;

    public static ProblemDetails Details(Refusal refusal)
    {
        var (status, title) = _known[refusal.Code];
        var details = new ProblemDetails
        {
            Type = TypePrefix + refusal.Code,
            Title = title,
            Status = status,
        };
        if (refusal.Errors is not null)
            details.Extensions["errors"] = refusal.Errors;
        return details;
    }

    public static ProblemHttpResult ToProblem(this Refusal refusal) => TypedResults.Problem(Details(refusal));

    /// <summary>204 when there is no refusal.</summary>
    public static IResult ToResult(this Refusal? refusal) =>
        refusal is null ? TypedResults.NoContent() : refusal.ToProblem();

    /// <summary>Writes a refusal from code that is not an endpoint handler.</summary>
    public static Task WriteAsync(HttpContext context, Refusal refusal)
    {
        if (refusal == Refusal.Overloaded)
            context.Response.Headers.RetryAfter = "1";
        return refusal.ToProblem().ExecuteAsync(context);
    }

    /// <summary>
    /// Adds problem details to refusals by routing, outside the pages. Rejected: a fallback
    /// endpoint, which matches every method and so hides a 405.
    /// </summary>
    public static IApplicationBuilder UseProblems(this IApplicationBuilder app) =>
        app.UseWhen(
            context => !context.IsPage(),
            api =>
                api.UseStatusCodePages(context =>
                    context.HttpContext.Response.StatusCode switch
                    {
                        StatusCodes.Status404NotFound => WriteAsync(context.HttpContext, Refusal.NotFound),
                        StatusCodes.Status405MethodNotAllowed => WriteAsync(
                            context.HttpContext,
                            Refusal.MethodNotAllowed
                        ),
                        _ => Task.CompletedTask,
                    }
                )
        );

    /// <summary>
    /// Declares the refusals of an endpoint by their codes, for the OpenAPI document.
    /// </summary>
    public static TBuilder ProducesProblems<TBuilder>(this TBuilder builder, params string[] codes)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            foreach (var status in codes.Select(Status).Distinct().Order())
                endpoint.Metadata.Add(
                    new ProducesResponseTypeMetadata(status, typeof(ProblemDetails), ["application/problem+json"])
                );
        });
        return builder;
    }
}
