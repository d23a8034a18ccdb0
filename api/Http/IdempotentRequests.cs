using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Engine;
using Campaigns.Db.Staff;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Http;

/// <summary>
/// Requests of staff that create something. With an <c>Idempotency-Key</c> they may be sent again:
/// the same request gets the same answer for 24 hours.
/// </summary>
internal sealed class IdempotentRequests(IdempotencyStore answers, IOptions<JsonOptions> json)
{
    public const string Header = "Idempotency-Key";
    private const int LongestKey = 200;

    /// <summary>
    /// Reads the body, creates the thing in one transaction with the answer, and answers.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="most">The limit of the body in bytes.</param>
    /// <param name="read">Reads and checks the fields.</param>
    /// <param name="create">Creates the thing from what was read, on the writer thread.</param>
    public async Task<IResult> RunAsync<T>(
        HttpRequest request,
        int most,
        Func<JsonFields, Outcome<T>> read,
        Func<WriteTransaction, T, Outcome<CreatedAnswer>> create
    )
    {
        var body = await JsonBody.ReadBytesAsync(request, most);
        if (body.Refusal is { } unread)
            return unread.ToProblem();
        var key = ReadKey(request, body.Value);
        if (key.Refusal is { } wrongKey)
            return wrongKey.ToProblem();
        // Before the fields are checked: what they name may have changed since the first request.
        if (key.Value is not null && answers.Find(key.Value) is { } known)
            return ToResult(known);
        var fields = JsonBody.Parse(body.Value, read);
        return fields.Refusal is { } refusal
            ? refusal.ToProblem()
            : ToResult(await answers.RunAsync(key.Value, write => create(write, fields.Value!)));
    }

    /// <summary>An answer with a view as its body.</summary>
    public CreatedAnswer Answer<T>(int status, string location, T view, string? etag = null) =>
        new(status, location, etag, JsonSerializer.SerializeToUtf8Bytes(view, json.Value.SerializerOptions));

    private static Outcome<IdempotencyKey?> ReadKey(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        if (request.Headers[Header] is not { Count: > 0 } sent)
            return new Outcome<IdempotencyKey?>(null, null);
        if (sent is not [{ Length: > 0 and <= LongestKey } key])
            return Refusal.Validation(Header, $"A key has 1 to {LongestKey} characters and is sent once.");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}\n"));
        hash.AppendData(body.Span);
        return new IdempotencyKey(
            request.HttpContext.Member().Id,
            SHA256.HashData(Encoding.UTF8.GetBytes(key)),
            hash.GetHashAndReset()
        );
    }

    private static IResult ToResult(Outcome<CreatedAnswer> outcome) =>
        outcome.Value is { } answer ? new CreatedResult(answer) : outcome.Refusal!.ToProblem();

    private sealed class CreatedResult(CreatedAnswer answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = answer.Status;
            response.Headers.Location = httpContext.Request.PublicAddress(answer.Location);
            if (answer.ETag is not null)
                response.Headers.ETag = answer.ETag;
            response.ContentType = "application/json; charset=utf-8";
            response.ContentLength = answer.Body.Length;
            await response.BodyWriter.WriteAsync(answer.Body, httpContext.RequestAborted);
        }
    }
}

internal static class IdempotentRequestDescription
{
    /// <summary>Declares the header and its refusals.</summary>
    public static RouteHandlerBuilder AcceptsIdempotencyKey(this RouteHandlerBuilder endpoint) =>
        endpoint
            .Parameter(
                IdempotentRequests.Header,
                "The same key with the same body gets the same answer for 24 hours and creates nothing again.",
                "7d3f6a1e-order-17",
                place: Microsoft.OpenApi.ParameterLocation.Header
            )
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.IdempotencyKeyReused,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.Overloaded
            );
}
