using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Microsoft.AspNetCore.Mvc;

namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>
/// Signs a developer on this machine in as a member for demonstrations. To be mapped in Development
/// only.
/// </summary>
internal static class DevSignIn
{
    public const string Address = "/dev/sign-in";

    /// <summary>A member of each, so that one can approve what another asked for.</summary>
    public static IReadOnlyList<string> Roles { get; } = [Role.Administrator, Role.Campaigner, Role.Organiser];

    public static void MapDevSignIn(this IEndpointRouteBuilder routes) =>
        routes
            .MapPost(Address, EnterAsync)
            .ExcludeFromDescription()
            .WithMetadata(new RequestSizeLimitAttribute(PageForm.Most))
            .OnThisMachineOnly()
            .AddEndpointFilter<SameSiteFilter>();

    private static async Task<IResult> EnterAsync(
        HttpRequest request,
        StaffStore staff,
        SessionStore sessions,
        SessionCookie cookie
    )
    {
        if (await PageForm.ReadAsync(request) is not { } form)
            return PageForm.Refuse(request);
        var role = form["role"].ToString();
        IReadOnlyList<string> countries =
        [
            .. form["country"].OfType<string>().Where(country => country.Length > 0).Distinct().Order(),
        ];
        if (
            !Role.All.Contains(role)
            || (role == Role.Organiser) != (countries.Count > 0)
            || countries.Any(country => CampaignFields.CountryProblem(country) is not null)
        )
            return PageResults.Message("Refused", StatusCodes.Status400BadRequest);
        var name = string.Join(' ', ["Demonstration", role, .. countries]);
        var id = await staff.EnsureAsync(name, role, countries);
        cookie.Write(
            request.HttpContext.Response,
            await sessions.StartAsync(id, Device.Of(request), secondFactor: true)
        );
        return PageResults.SeeOther(request, "/staff");
    }
}
