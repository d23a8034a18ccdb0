using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.StaffConsole.SignIn;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Worker;

namespace Campaigns.Api.Endpoints.Staff;

internal sealed record InvitationView(
    string Id,
    string? Member,
    string Name,
    string Role,
    IReadOnlyList<string> Countries,
    string? InvitedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt
)
{
    public static InvitationView Example { get; } =
        new(
            "463856467968002048",
            null,
            "Kari",
            Db.Staff.Role.Organiser,
            ["NO"],
            "Anne",
            new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2019, 5, 20, 9, 0, 0, TimeSpan.Zero)
        );

    public static InvitationView From(Invitation invitation) =>
        new(
            Ids.Text(invitation.Id),
            invitation.StaffId is { } member ? Ids.Text(member) : null,
            invitation.Name,
            invitation.Role,
            invitation.Countries,
            invitation.InvitedBy,
            invitation.CreatedAt,
            invitation.ExpiresAt
        );
}

/// <summary>The link of an invitation; it is not shown again.</summary>
internal sealed record InvitationLinkView(string Id, string Link, DateTimeOffset ExpiresAt);

internal sealed record InvitationRequest(
    string? Member,
    string? Name,
    string? Role,
    IReadOnlyList<string>? Countries,
    string? Email
);

/// <summary>Invitations to join, or to set up a member's sign-in again.</summary>
internal static class InvitationEndpoints
{
    public static void MapInvitations(this RouteGroupBuilder staff)
    {
        staff
            .MapGet("/invitations", List)
            .RequireRole()
            .WithMetadata(new HoldsPeople())
            .Describe("listInvitations", Tag.StaffAccess, "Lists the invitations that still work.")
            .ProducesJson(new ListView<InvitationView>([InvitationView.Example], null));
        staff
            .MapPost("/invitations", AddAsync)
            .RequireRole()
            .RequireFreshSession()
            .Describe(
                "addInvitation",
                Tag.StaffAccess,
                "Makes a link that works once and for 72 hours: to join, or with member for one who sets up the "
                    + "sign-in again. With email a letter brings the link as well."
            )
            .AcceptsJson(new InvitationRequest(null, "Kari", Role.Organiser, ["NO"], "kari@example.org"))
            .ProducesJson(
                new InvitationLinkView(
                    "463856467968002048",
                    "https://petitions.example.org/staff/join/4n2y",
                    InvitationView.Example.ExpiresAt
                ),
                StatusCodes.Status201Created
            )
            .ProducesProblems(Refusal.Invalid, Refusal.BodyTooLarge, Refusal.MediaType, Refusal.Overloaded);
        staff
            .MapDelete("/invitations/{id}", EndAsync)
            .RequireRole()
            .RequireFreshSession()
            .Describe("endInvitation", Tag.StaffAccess, "Ends an invitation.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.Overloaded);
    }

    private static IResult List(InvitationStore invitations) =>
        TypedResults.Ok(new ListView<InvitationView>([.. invitations.List().Select(InvitationView.From)], null));

    private static async Task<IResult> AddAsync(
        HttpRequest request,
        InvitationStore invitations,
        PublicAddress site,
        TimeProvider time
    )
    {
        var body = await JsonBody.ReadAsync(request, JsonBody.Small, Read);
        if (body.Value is not { } asked)
            return body.Refusal!.ToProblem();
        var actor = request.HttpContext.Actor();
        var made = asked.Member is { } member
            ? Ids.TryParse(member, out var id)
                ? await invitations.InviteMemberAsync(id, actor, asked.Email)
                : null
            : await invitations.InviteAsync(asked.Name!, asked.Role!, asked.Countries!, actor, asked.Email);
        return made is { } invitation
            ? TypedResults.Json(
                new InvitationLinkView(
                    Ids.Text(invitation.Id),
                    site.Url + JoinEndpoints.Path(invitation.Token),
                    time.UtcNow() + InvitationStore.Lifetime
                ),
                statusCode: StatusCodes.Status201Created
            )
            : Refusal.Validation("member", "There is no such active member.").ToProblem();
    }

    private static Outcome<InvitationRequest> Read(JsonFields fields)
    {
        var member = fields.Only("member", "name", "role", "countries", "email").String("member");
        var email = MemberRequest.CheckEmail(fields.String("email"), fields.Errors);
        if (member is not null)
            return fields.Errors.ToRefusal() is { } refusal
                ? refusal
                : new InvitationRequest(member, null, null, null, email);
        var asked = MemberRequest.ReadPerson(fields);
        return asked.Value is { } person
            ? new InvitationRequest(null, person.Name, person.Role, person.Countries, email)
            : asked.Refusal!;
    }

    private static async Task<IResult> EndAsync(string id, HttpContext context, InvitationStore invitations) =>
        Ids.TryParse(id, out var invitation) && await invitations.EndAsync(invitation, context.Actor())
            ? TypedResults.NoContent()
            : Refusal.NotFound.ToProblem();
}
