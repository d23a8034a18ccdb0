using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Signatures;
using Campaigns.Staff;

namespace Campaigns.Api.Endpoints.Staff;

internal sealed record EmailFields(string Email);

/// <summary>The address that a member signs in with.</summary>
internal static class OwnEmailEndpoints
{
    public static void MapOwnEmail(this RouteGroupBuilder staff) =>
        staff
            .MapPost("/me/email", RequestAsync)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .RequireFreshSession()
            .Describe(
                "requestOwnEmail",
                Tag.StaffAccess,
                "Sends a letter with a link that confirms an address, which then replaces the member's."
            )
            .AcceptsJson(new EmailFields("kari@example.org"))
            .Produces(StatusCodes.Status202Accepted)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.WrongState,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.Overloaded
            );

    private static async Task<IResult> RequestAsync(HttpRequest request, AddressStore addresses)
    {
        var body = await JsonBody.ReadAsync<EmailFields>(request, JsonBody.Small, fields =>
        {
            var email = fields.Only("email").String("email");
            return fields.Errors.ToRefusal() is { } refusal ? refusal : new EmailFields(email ?? "");
        });
        if (body.Value is not { } asked)
            return body.Refusal!.ToProblem();
        var problem = await addresses.RequestAsync(
            request.HttpContext.Member().Id,
            asked.Email,
            PageLanguage.Choose(request)
        );
        return problem switch
        {
            null => TypedResults.StatusCode(StatusCodes.Status202Accepted),
            AddressProblem.NoAccount => Refusal.WrongState.ToProblem(),
            AddressProblem.Taken => Email("Another member signs in with this address."),
            AddressProblem.Confirmed => Email("This address is confirmed."),
            AddressProblem.TooManyLetters => Email("Too many letters were asked for today; try again tomorrow."),
            _ => Email(EmailAddress.Parse(asked.Email).Problem!),
        };

        static IResult Email(string sentence) => Refusal.Validation("email", sentence).ToProblem();
    }
}
