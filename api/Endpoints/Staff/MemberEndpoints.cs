using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Staff;

internal sealed record MemberView(
    string Id,
    string Name,
    string Role,
    IReadOnlyList<string> Countries,
    string SecondFactor,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SeenAt,
    DateTimeOffset? EndedAt
)
{
    public static MemberView Example { get; } =
        new(
            "463856467968002048",
            "Kari",
            Db.Staff.Role.Organiser,
            ["NO"],
            "passkey",
            new DateTimeOffset(2019, 5, 2, 9, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero),
            null
        );

    public static MemberView From(MemberAccess member) =>
        new(
            Ids.Text(member.Id),
            member.Name,
            member.Role,
            member.Countries,
            member.SecondFactor,
            member.CreatedAt,
            member.SeenAt,
            member.RevokedAt
        );
}

internal sealed record RoleRequest(string Role, IReadOnlyList<string> Countries);

/// <summary>The members of staff, for administrators.</summary>
internal static class MemberEndpoints
{
    public static void MapMembers(this RouteGroupBuilder staff)
    {
        staff
            .MapGet("/members", List)
            .RequireRole()
            .WithMetadata(new HoldsPeople())
            .Describe("listMembers", Tag.StaffAccess, "Lists all members, active ones first.")
            .ProducesJson(new ListView<MemberView>([MemberView.Example], null));
        staff
            .MapPost("/members", AddAsync)
            .RequireRole()
            .RequireFreshSession()
            .Describe("addMember", Tag.StaffAccess, "Adds a member without access; an invitation gives it.")
            .AcceptsJson(new MemberRequest("Kari", Role.Organiser, ["NO"]))
            .AcceptsIdempotencyKey()
            .ProducesJson(MemberView.Example, StatusCodes.Status201Created);
        staff
            .MapPatch("/members/{id}", ChangeAsync)
            .RequireRole()
            .RequireFreshSession()
            .Describe("changeMember", Tag.StaffAccess, "Changes what a member may do, at once.")
            .AcceptsJson(new RoleRequest(Role.Organiser, ["NO", "SE"]))
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.WrongState,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.Overloaded
            );
        staff
            .MapPost("/members/{id}/end", EndAsync)
            .RequireRole()
            .RequireFreshSession()
            .Describe("endMember", Tag.StaffAccess, "Ends the access of a member at once.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.WrongState, Refusal.Overloaded);
    }

    private static IResult List(MemberStore members) =>
        TypedResults.Ok(new ListView<MemberView>([.. members.List().Select(MemberView.From)], null));

    private static Task<IResult> AddAsync(HttpRequest request, IdempotentRequests requests) =>
        requests.RunAsync(request, JsonBody.Small, MemberRequest.Read, (write, asked) =>
        {
            var id = MemberStore.Add(write, asked.Name, asked.Role, asked.Countries, request.HttpContext.Actor());
            var view = new MemberView(
                Ids.Text(id),
                asked.Name,
                asked.Role,
                asked.Countries,
                "token",
                write.Now,
                null,
                null
            );
            return requests.Answer(StatusCodes.Status201Created, $"/api/staff/members/{view.Id}", view);
        });

    private static async Task<IResult> ChangeAsync(string id, HttpRequest request, MemberStore members)
    {
        if (!Ids.TryParse(id, out var member))
            return Refusal.NotFound.ToProblem();
        var body = await JsonBody.ReadAsync(request, JsonBody.Small, ReadRole);
        if (body.Value is not { } asked)
            return body.Refusal!.ToProblem();
        // Otherwise the last administrator could be lost by a slip.
        if (member == request.HttpContext.Member().Id)
            return Refusal.WrongState.ToProblem();
        return await members.ChangeAsync(member, asked.Role, asked.Countries, request.HttpContext.Actor())
            ? TypedResults.NoContent()
            : Refusal.NotFound.ToProblem();
    }

    private static Outcome<RoleRequest> ReadRole(JsonFields fields)
    {
        fields.Only("role", "countries");
        var role = fields.String("role");
        var countries = fields.Strings("countries", Country.Codes.Count) ?? [];
        MemberRequest.CheckRole(role, countries, fields.Errors);
        return fields.Errors.ToRefusal() is { } refusal ? refusal : new RoleRequest(role!, [.. countries.Distinct()]);
    }

    private static async Task<IResult> EndAsync(string id, HttpContext context, MemberStore members, StaffStore staff)
    {
        if (!Ids.TryParse(id, out var member) || members.Find(member) is null)
            return Refusal.NotFound.ToProblem();
        if (member == context.Member().Id)
            return Refusal.WrongState.ToProblem();
        await staff.RevokeAsync(member, context.Actor());
        return TypedResults.NoContent();
    }
}
