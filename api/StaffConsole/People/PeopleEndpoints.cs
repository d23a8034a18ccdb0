using Campaigns.Api.Endpoints.Staff;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.Account;
using Campaigns.Api.StaffConsole.SignIn;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Worker;

namespace Campaigns.Api.StaffConsole.People;

/// <summary>Members and invitations, for administrators.</summary>
internal static class PeopleEndpoints
{
    private const string Address = "/staff/people";

    public static void MapPeople(this RouteGroupBuilder screens)
    {
        screens.MapPage("/people", Show).For();
        screens.MapPost("/people/invitations", InviteAsync).For().Fresh();
        screens.MapPost("/people/invitations/{id}/end", EndInvitationAsync).For().Fresh();
        // The forms of the page need a fresh proof, which is asked for before a form is filled in.
        screens.MapPage("/people/{id}", ShowMember).For().Fresh();
        screens.MapPost("/people/{id}/role", ChangeRoleAsync).For().Fresh();
        screens.MapPost("/people/{id}/reset", ResetAsync).For().Fresh();
        screens.MapPost("/people/{id}/end", EndAsync).For().Fresh();
    }

    private static IResult Show(MemberStore members, InvitationStore invitations) =>
        PageResults.Page<PeoplePage>(new { Members = members.List(), Invitations = invitations.List() });

    private static async Task<IResult> InviteAsync(
        HttpContext context,
        MemberStore members,
        InvitationStore invitations,
        PublicAddress site,
        TimeProvider time
    )
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var errors = new FieldErrors();
        var email = MemberRequest.CheckEmail(form["email"], errors);
        var asked = MemberRequest.Check(form["name"], form["role"], Countries(form), errors);
        if (asked.Value is not { } person)
            return PageResults.Page<PeoplePage>(
                new
                {
                    Members = members.List(),
                    Invitations = invitations.List(),
                    Errors = asked.Refusal!.Errors!.Keys.ToList(),
                    TypedName = form["name"].ToString(),
                    TypedRole = form["role"].ToString(),
                    TypedCountries = form["countries"].ToString(),
                    TypedEmail = form["email"].ToString(),
                },
                StatusCodes.Status400BadRequest
            );
        var (_, token) = await invitations.InviteAsync(
            person.Name,
            person.Role,
            person.Countries,
            context.Actor(),
            email
        );
        return ShowLink(token, email, site, time);
    }

    private static IResult ShowLink(string token, string? email, PublicAddress site, TimeProvider time) =>
        PageResults.Page<LinkPage>(
            new
            {
                Address = site.Url + JoinEndpoints.Path(token),
                Until = time.UtcNow() + InvitationStore.Lifetime,
                Mailed = email is not null,
            }
        );

    private static async Task<IResult> EndInvitationAsync(
        string id,
        HttpContext context,
        InvitationStore invitations
    ) =>
        Ids.TryParse(id, out var invitation) && await invitations.EndAsync(invitation, context.Actor())
            ? PageResults.SeeOther(context.Request, Address)
            : PageResults.NotFound();

    private static IResult ShowMember(string id, MemberStore members) =>
        Find(id, members) is { } member
            ? PageResults.Page<MemberPage>(new { Subject = member })
            : PageResults.NotFound();

    private static async Task<IResult> ChangeRoleAsync(string id, HttpContext context, MemberStore members)
    {
        if (FindOther(id, context, members) is not { } member)
            return PageResults.NotFound();
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var (role, countries, errors) = (form["role"].ToString(), Countries(form), new FieldErrors());
        MemberRequest.CheckRole(role, countries, errors);
        if (errors.ToRefusal() is { } refusal)
            return PageResults.Page<MemberPage>(
                new
                {
                    Subject = member,
                    Errors = refusal.Errors!.Keys.ToList(),
                    TypedRole = role,
                    TypedCountries = form["countries"].ToString(),
                },
                StatusCodes.Status400BadRequest
            );
        await members.ChangeAsync(member.Id, role, countries, context.Actor());
        return PageResults.SeeOther(context.Request, Address);
    }

    private static async Task<IResult> ResetAsync(
        string id,
        HttpContext context,
        MemberStore members,
        InvitationStore invitations,
        PublicAddress site,
        TimeProvider time
    )
    {
        if (FindOther(id, context, members) is not { } member)
            return PageResults.NotFound();
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var errors = new FieldErrors();
        var email = MemberRequest.CheckEmail(form["email"], errors);
        if (errors.ToRefusal() is { } refusal)
            return PageResults.Page<MemberPage>(
                new
                {
                    Subject = member,
                    Errors = refusal.Errors!.Keys.ToList(),
                    TypedEmail = form["email"].ToString(),
                },
                StatusCodes.Status400BadRequest
            );
        return await invitations.InviteMemberAsync(member.Id, context.Actor(), email) is { } invitation
            ? ShowLink(invitation.Token, email, site, time)
            : PageResults.NotFound();
    }

    private static async Task<IResult> EndAsync(string id, HttpContext context, MemberStore members, StaffStore staff)
    {
        if (FindOther(id, context, members) is not { } member)
            return PageResults.NotFound();
        await staff.RevokeAsync(member.Id, context.Actor());
        return PageResults.SeeOther(context.Request, Address);
    }

    private static MemberAccess? Find(string id, MemberStore members) =>
        Ids.TryParse(id, out var member) && members.Find(member) is { RevokedAt: null } found ? found : null;

    // A member does not change their own access, so that the last administrator is not lost by a slip.
    private static MemberAccess? FindOther(string id, HttpContext context, MemberStore members) =>
        Find(id, members) is { } member && member.Id != context.Member().Id ? member : null;

    private static List<string> Countries(IFormCollection form) =>
        [.. form["countries"].ToString().Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Distinct()];
}
