using System.Text.Json.Serialization;
using Campaigns.Api.Pages;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Campaigns.Api.Http;

/// <summary>The codes of the refusals of an endpoint.</summary>
internal sealed record RefusalCodes(IReadOnlyList<string> Codes);

/// <summary>
/// Problem details (RFC 9457). The last part of type is a code that does not change. Errors has
/// sentences by the path of a field, for the codes validation and malformed-body, and for
/// wrong-state where one field cannot be changed any more.
/// </summary>
// For the OpenAPI document only.
internal sealed record ProblemView(
    string Type,
    string Title,
    int Status,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyDictionary<string, string[]>? Errors = null
)
{
    public static ProblemView From(ProblemDetails details) =>
        new(
            details.Type!,
            details.Title!,
            details.Status!.Value,
            details.Detail!,
            details.Extensions.TryGetValue("errors", out var errors)
                ? (IReadOnlyDictionary<string, string[]>?)errors
                : null
        );
}

/// <summary>
/// The only place that converts refusals to RFC 9457 problem details. Each member of
/// <see cref="Refusal.All"/> has a line.
/// </summary>
internal static class Problems
{
    private const string TypePrefix = "urn:campaign:";

    private const string Again = "Send the request again after the time in Retry-After.";

    private static readonly Dictionary<string, (int Status, string Title, string Detail)> _known = new(
        StringComparer.Ordinal
    )
    {
        ["validation"] = (400, "Fields of the request are not valid.", "Correct the fields that errors names."),
        ["malformed-body"] = (400, "The body cannot be read.", "Send one JSON object in UTF-8."),
        ["not-signed-in"] = (401, "This needs a valid token.", "Send the token as Authorization: Bearer."),
        ["second-factor-needed"] = (
            403,
            "This needs a second factor.",
            "Sign in to the console and prove your second factor again."
        ),
        ["session-needed"] = (403, "Only a session of the console may do this.", "Sign in to the console."),
        ["hook-not-signed"] = (
            401,
            "This report is not signed, or it came before.",
            "Only mail servers and providers that the settings name send reports."
        ),
        ["not-found"] = (404, "There is nothing here.", "It does not exist, or this token does not reach it."),
        ["no-such-campaign"] = (404, "There is no such campaign.", "GET /api/campaigns lists the open ones."),
        ["link-not-usable"] = (
            404,
            "This link is not valid or no longer valid.",
            "Sign again, or ask for a new link to your signature."
        ),
        ["method-not-allowed"] = (405, "This address does not support that method.", "Allow lists the methods."),
        ["slug-taken"] = (409, "Another campaign has this slug.", "Choose another slug."),
        ["wrong-state"] = (409, "The current state does not allow this.", "Read the current state first."),
        ["campaign-closed"] = (
            409,
            "The campaign does not accept signatures now.",
            "It has not opened yet, or it has closed."
        ),
        ["text-changed"] = (
            409,
            "The petition text changed since it was shown. Show the new text and ask again.",
            "textHash is not the hash of a current text."
        ),
        ["recipients-changed"] = (
            409,
            "The recipients changed since they were shown. Show them and ask again.",
            "The form named other recipients."
        ),
        ["packet-not-ready"] = (409, "The packet is not ready.", "Its status says when it is."),
        ["own-request"] = (403, "Another member has to approve this.", "You asked for it yourself."),
        ["approval-needed"] = (409, "This waits for the approval of another member.", "Approve it as another member."),
        ["already-sent"] = (
            409,
            "This update was sent already.",
            "Subscribers get an update once. Read its sending, or write a new update."
        ),
        ["already-decided"] = (409, "This was decided already.", "Read the current status."),
        ["too-late-to-undo"] = (409, "The time to undo this has passed.", "The data it needs is deleted."),
        ["not-yet-sealed"] = (409, "The ledger does not have this signature yet.", "Ask again in a minute."),
        ["idempotency-key-reused"] = (
            409,
            "This Idempotency-Key was used for another request.",
            "Use a new key for a new request. The same key repeats only the same address and body."
        ),
        ["packet-stale"] = (
            410,
            "The packet is stale: it shows more than may be shown now. Build it again.",
            "The file is deleted. Rebuilding makes a new one with the same cut-off."
        ),
        ["packet-ended"] = (
            410,
            "The file of the packet was deleted because it was old. Build it again.",
            "The record stays. Rebuilding makes a new file with the same cut-off."
        ),
        ["changed-meanwhile"] = (
            412,
            "This changed since it was read.",
            "Read it again and repeat the request with its new ETag."
        ),
        ["body-too-large"] = (413, "The body is too large.", "Signers send at most 16 KB, staff at most 1 MB."),
        ["media-type"] = (415, "The body must be application/json.", "Set Content-Type: application/json."),
        ["evidence-type"] = (
            415,
            "Evidence must be a JPEG or PNG picture or a PDF.",
            "Send multipart/form-data with at most 20 files of at most 25 MB. Their bytes decide the type."
        ),
        ["evidence-full"] = (
            413,
            "The campaign has no room for more evidence.",
            "All files of a campaign have at most 2 GB. Delete some first."
        ),
        ["rate-limited"] = (429, "Too many requests. Try again later.", Again),
        ["too-many-packets"] = (
            429,
            "Too many packets wait to be built.",
            "Order again after the time in Retry-After, once some of yours or of this campaign are built."
        ),
        ["internal"] = (500, "Internal error; the change was rolled back.", "Tell the operator if it happens again."),
        ["overloaded"] = (503, "Server overloaded; retry later.", Again),
        ["frozen"] = (503, "This is stopped for a while; retry later.", "The operator froze the installation."),
    };

    /// <summary>The codes with a status and a title.</summary>
    public static IReadOnlyCollection<string> Codes => _known.Keys;

    public static int Status(string code) => _known[code].Status;

    public static string Title(string code) => _known[code].Title;

    /// <summary>A problem with that code, for the OpenAPI document.</summary>
    public static ProblemDetails Example(string code) =>
        Details(
            code switch
            {
                "validation" => Refusal.Validation("email", "This is not an e-mail address."),
                _ => Refusal.All.First(refusal => refusal.Code == code),
            }
        );

    public static ProblemDetails Details(Refusal refusal)
    {
        var (status, title, detail) = _known[refusal.Code];
        var details = new ProblemDetails
        {
            Type = TypePrefix + refusal.Code,
            Title = title,
            Status = status,
            Detail = detail,
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
    public static Task WriteAsync(HttpContext context, Refusal refusal) => refusal.ToProblem().ExecuteAsync(context);

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

    /// <summary>Declares the refusals of an endpoint, for the OpenAPI document.</summary>
    public static TBuilder ProducesProblems<TBuilder>(this TBuilder builder, params IReadOnlyList<Refusal> refusals)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            endpoint.Metadata.Add(new RefusalCodes([.. refusals.Select(refusal => refusal.Code)]));
            foreach (var status in refusals.Select(refusal => Status(refusal.Code)).Distinct().Order())
                endpoint.Metadata.Add(
                    new ProducesResponseTypeMetadata(status, typeof(ProblemView), ["application/problem+json"])
                );
        });
        return builder;
    }
}
