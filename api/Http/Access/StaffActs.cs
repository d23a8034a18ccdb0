using Campaigns.Db.Campaigns;

namespace Campaigns.Api.Http.Access;

/// <summary>An act of staff on something of a campaign, both named in the address.</summary>
internal static class StaffActs
{
    /// <summary>
    /// Answers 204, or with the refusal of the act; 404 without such a campaign or id.
    /// </summary>
    public static async Task<IResult> ActAsync(
        this HttpContext context,
        string slug,
        string id,
        Func<Campaign, long, Task<Refusal?>> act
    ) =>
        context.RequestServices.GetRequiredService<CampaignStore>().Find(slug) is { } campaign
        && Ids.TryParse(id, out var number)
            ? (await act(campaign, number)).ToResult()
            : Refusal.NotFound.ToProblem();

    /// <summary>The same for an act whose body gives a reason.</summary>
    public static Task<IResult> ActAsync(
        this HttpContext context,
        string slug,
        string id,
        Func<Campaign, long, string, Task<Refusal?>> act
    ) =>
        context.ActAsync(slug, id, async (campaign, number) =>
        {
            var body = await JsonBody.ReadAsync(context.Request, JsonBody.Small, TextFields.ReadReason);
            return body.Value is { } reason ? await act(campaign, number, reason) : body.Refusal;
        });
}
