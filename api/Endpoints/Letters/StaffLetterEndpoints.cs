using System.Text.Json.Serialization;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Letters;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Letters;

/// <summary>
/// Letters of a kind and state. Null: fewer than <see cref="Coarse.Few"/>, and <see cref="Few"/>
/// says so.
/// </summary>
internal sealed record LetterCountView(string Kind, string State, long? Letters)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few => Letters is null;
}

internal sealed record FailedLetterView(
    string Id,
    string Kind,
    string State,
    string? Failure,
    DateTimeOffset CreatedAt,
    int Tries
);

/// <summary>
/// A page of the failed letters, with the counts of all letters and of the last days.
/// </summary>
internal sealed record LettersView(
    IReadOnlyList<LetterCountView> Counts,
    IReadOnlyList<LetterDayView> Days,
    IReadOnlyList<FailedLetterView> Items,
    string? Next
)
{
    public static LettersView Example { get; } =
        new(
            [new LetterCountView("confirm", "sent", 1_240)],
            [LetterDayView.Example],
            [
                new FailedLetterView(
                    "463856467968002048",
                    "confirm",
                    "failed",
                    "550",
                    new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero),
                    3
                ),
            ],
            null
        );
}

/// <summary>Counts of letters by state, and the failed letters, without an address.</summary>
internal static class StaffLetterEndpoints
{
    public static void MapStaffLetters(this RouteGroupBuilder staff) =>
        staff
            .MapGet("/campaigns/{slug}/letters", Show)
            .RequireRole(Role.Campaigner)
            .Describe("listLetters", Tag.StaffRecords, "Counts letters by state and by day, and lists the failed ones.")
            .ProducesJson(LettersView.Example)
            .ProducesPages();

    private static IResult Show(string slug, HttpRequest request, CampaignStore campaigns, LetterStore letters)
    {
        if (campaigns.Find(slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var page = ListRequest.Read(request);
        if (page.Value is not { } asked)
            return page.Refusal!.ToProblem();
        var coarse = Coarse.AppliesTo(request.HttpContext.Member(), campaign);
        var counts = letters
            .Count(campaign.Id, coarse)
            .Select(count => new LetterCountView(
                count.Kind,
                count.State,
                coarse ? Coarse.Value(count.Letters) : count.Letters
            ));
        var days = letters
            .ListDays(campaign.Id, coarse)
            .GroupBy(row => row.Day)
            .Select(day => LetterDayView.From(day.Key, day, coarse));
        var failed = asked.Page(
            letters.ListFailures(campaign.Id, asked.After ?? 0, asked.Rows),
            letter => letter.Id,
            letter => new FailedLetterView(
                Ids.Text(letter.Id),
                letter.Kind,
                letter.State,
                letter.Failure,
                letter.CreatedAt,
                letter.Tries
            )
        );
        return TypedResults.Ok(new LettersView([.. counts], [.. days], failed.Items, failed.Next));
    }
}
