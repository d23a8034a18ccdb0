using Campaigns.Api.Endpoints.Staff;
using Campaigns.Api.Http;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Letters;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Letters;

internal sealed record LetterCountView(string Kind, string State, long Letters);

internal sealed record FailedLetterView(
    string Id,
    string Kind,
    string State,
    string? Failure,
    DateTimeOffset CreatedAt,
    int Tries
);

internal sealed record LettersView(IReadOnlyList<LetterCountView> Counts, IReadOnlyList<FailedLetterView> Failed);

/// <summary>Counts of letters by state, and the failed letters, without an address.</summary>
internal static class StaffLetterEndpoints
{
    private const int PageSize = 200;

    public static void MapStaffLetters(this RouteGroupBuilder staff) =>
        staff
            .MapGet("/campaigns/{slug}/letters", Show)
            .RequireRole(Role.Campaigner)
            .Produces<LettersView>()
            .ProducesProblems("validation");

    private static IResult Show(string slug, string? after, CampaignStore campaigns, LetterStore letters)
    {
        if (campaigns.Find(slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        long last = 0;
        if (after is not null && !Ids.TryParse(after, out last))
            return Refusal.Validation("after", "This must be the id of the last one seen.").ToProblem();
        return TypedResults.Ok(
            new LettersView(
                [
                    .. letters
                        .Count(campaign.Id)
                        .Select(count => new LetterCountView(count.Kind, count.State, count.Letters)),
                ],
                [
                    .. letters
                        .ListFailures(campaign.Id, last, PageSize)
                        .Select(letter => new FailedLetterView(
                            Ids.Text(letter.Id),
                            letter.Kind,
                            letter.State,
                            letter.Failure,
                            letter.CreatedAt,
                            letter.Tries
                        )),
                ]
            )
        );
    }
}
