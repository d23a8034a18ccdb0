using System.Text.Json.Serialization;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Letters;
using Campaigns.Db.Staff;
using Campaigns.Signatures;

namespace Campaigns.Api.Endpoints.Letters;

/// <summary>
/// A mail domain whose letters wait, that staff marked as genuine, or that refuses letters. Null
/// instead of a number: fewer than <see cref="Coarse.Few"/>, and <see cref="Few"/> says so.
/// </summary>
public sealed record MailDomainView(string Domain, long? Waiting, DateTimeOffset? Since, DateTimeOffset? GenuineUntil)
{
    public static MailDomainView Example { get; } =
        new("university.example", 412, new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero), null);

    /// <summary>
    /// Letters that it refused for policy in seven days; small domains together are "other".
    /// </summary>
    public long? RefusedForPolicy { get; init; } = 0;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few => Waiting is null || RefusedForPolicy is null;

    internal static MailDomainView From(WaitingDomain row) =>
        new(row.Domain, Coarse.ValueOrZero(row.Waiting), row.Since, row.GenuineUntil)
        {
            RefusedForPolicy = Coarse.ValueOrZero(row.RefusedForPolicy),
        };
}

internal sealed record GenuineDomainRequest(string Domain, string Reason);

/// <summary>
/// Mail domains past their letters an hour, which wait for the next hours, and the word of staff
/// that one is genuine.
/// </summary>
internal static class MailDomainEndpoints
{
    public static void MapMailDomains(this RouteGroupBuilder staff)
    {
        staff
            .MapGet("/mail-domains", List)
            .RequireRole(Role.Campaigner)
            .Describe(
                "listMailDomains",
                Tag.StaffRecords,
                "Lists mail domains whose letters wait, the most first, and genuine ones."
            )
            .ProducesJson(new ListView<MailDomainView>([MailDomainView.Example], null));
        staff
            .MapPost("/mail-domains/genuine", MarkGenuine)
            .RequireRole(Role.Campaigner)
            .Describe(
                "markMailDomainGenuine",
                Tag.StaffRecords,
                "Does not bound the letters to a mail domain for 30 days. Audited."
            )
            .AcceptsJson(new GenuineDomainRequest("university.example", "Its students were asked to sign."))
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.Invalid, Refusal.BodyTooLarge, Refusal.MediaType, Refusal.Overloaded);
    }

    private static IResult List(MailDomainStore domains) =>
        TypedResults.Ok(new ListView<MailDomainView>([.. domains.List().Select(MailDomainView.From)], null));

    private static async Task<IResult> MarkGenuine(HttpRequest request, MailDomainStore domains)
    {
        var body = await JsonBody.ReadAsync(request, JsonBody.Small, Read);
        if (body.Refusal is { } refusal)
            return refusal.ToProblem();
        await domains.MarkGenuineAsync(body.Value!.Domain, body.Value.Reason, request.HttpContext.Actor());
        return TypedResults.NoContent();
    }

    public static Outcome<GenuineDomainRequest> Read(JsonFields fields)
    {
        var domain = fields.Only("domain", "reason").String("domain");
        var read = domain is null ? null : EmailAddress.ParseDomain(domain);
        if (read is null && !fields.Errors.Has("domain"))
            fields.Errors.Add("domain", "Give a mail domain, such as university.example.");
        var reason = fields.ReadReasonField();
        return fields.Errors.ToRefusal() is { } refusal ? refusal : new GenuineDomainRequest(read!, reason!);
    }
}
