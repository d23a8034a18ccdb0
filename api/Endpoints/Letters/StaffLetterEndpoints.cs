using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Letters;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Letters;

/// <summary>
/// The outbox, counts of letters by state, and the failed letters, without an address.
/// </summary>
internal static class StaffLetterEndpoints
{
    public static void MapStaffLetters(this RouteGroupBuilder staff)
    {
        staff
            .MapGet("/campaigns/{slug}/letters", Show)
            .RequireRole(Role.Campaigner)
            .Describe("listLetters", Tag.StaffRecords, "Counts letters by state and by day, and lists the failed ones.")
            .ProducesJson(LettersView.Example)
            .ProducesPages();
        staff
            .MapPost("/campaigns/{slug}/letters/{id}/resend", Resend)
            .RequireRole(Role.Campaigner)
            .Describe("resendLetter", Tag.StaffRecords, "Sends a letter again that was given up. Audited.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.WrongState, Refusal.Overloaded);
    }

    private static IResult Show(string slug, HttpRequest request, CampaignStore campaigns, LettersReader letters)
    {
        if (campaigns.Find(slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var page = ListRequest.Read(request);
        return page.Value is { } asked
            ? TypedResults.Ok(letters.Read(campaign, request.HttpContext.Member(), asked))
            : page.Refusal!.ToProblem();
    }

    private static Task<IResult> Resend(string slug, string id, HttpContext context, StaffLetterStore letters) =>
        context.ActAsync(slug, id, (campaign, letter) => letters.ResendAsync(campaign, letter, context.Actor()));
}
