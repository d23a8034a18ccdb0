using Campaigns.Api.Pages;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Campaigns.Api.Http;

/// <summary>The one place where refusals become RFC 9457 problem details.</summary>
internal static class Problems
{
    private const string TypePrefix = "urn:campaign:";

    private static readonly Dictionary<string, (int Status, string Title)> _known = new(StringComparer.Ordinal)
    {
        ["validation"] = (400, "Something in the request is not right."),
        ["malformed-body"] = (400, "The body cannot be read."),
        ["not-signed-in"] = (401, "This needs a valid token."),
        ["not-found"] = (404, "There is nothing here."),
        ["no-such-campaign"] = (404, "There is no such campaign."),
        ["link-not-usable"] = (404, "This link cannot be used (any more)."),
        ["method-not-allowed"] = (405, "This address does not take that method."),
        ["slug-taken"] = (409, "Another campaign has this slug."),
        ["wrong-state"] = (409, "Its state does not allow this."),
        ["campaign-closed"] = (409, "The campaign does not take signatures now."),
        ["text-changed"] = (409, "The petition text changed since it was shown. Show the new one and ask again."),
        ["packet-not-ready"] = (409, "The packet is not ready."),
        ["not-yet-sealed"] = (409, "The ledger does not have this signature yet."),
        ["packet-stale"] = (
            410,
            "The packet is stale: somebody in it withdrew or wishes to be shown less. Build it again."
        ),
        ["body-too-large"] = (413, "The body is too large."),
        ["media-type"] = (415, "The body must be application/json."),
        ["rate-limited"] = (429, "Too many requests from this network. Try again later."),
        ["internal"] = (500, "Something went wrong here. Nothing was half done."),
        ["overloaded"] = (503, "More is going on than this machine can take. Try again shortly."),
    };

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

    /// <summary>Writes a refusal from a place that is not a handler.</summary>
    public static Task WriteAsync(HttpContext context, Refusal refusal)
    {
        if (refusal.Code is "overloaded")
            context.Response.Headers.RetryAfter = "1";
        return refusal.ToProblem().ExecuteAsync(context);
    }

    /// <summary>
    /// Gives a problem to what routing refuses by itself, outside the pages. Rejected: a fallback
    /// endpoint, which matches every method and so hides that an address exists for another one.
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
                            new Refusal("method-not-allowed")
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
