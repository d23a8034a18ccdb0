using Campaigns.Api.Endpoints.Campaigns;
using Campaigns.Api.Endpoints.Signatures;
using Campaigns.Api.Http;
using Campaigns.Api.Pages;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Subscribers;
using Campaigns.Subscribers;

namespace Campaigns.Api.Endpoints.Subscribers;

/// <summary>
/// A request for updates. NoticeVersion is the version of the privacy notice that was shown.
/// </summary>
// For the OpenAPI document only; Read reads the fields.
internal sealed record SubscribeRequest(
    string Email,
    bool Consent,
    string? Locale = null,
    string? Country = null,
    string? NoticeVersion = null
);

internal static class SubscriptionEndpoints
{
    private static readonly SubscribeRequest _example = new("kari@example.org", true, "nb", "NO", "2019-05");

    public static void MapSubscriptions(this IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/api/campaigns/{slug}/subscriptions", Subscribe)
            .RequireNetworkLimit(NetworkLimit.Signing)
            .StopsWhileFrozen()
            .RequireCors(CampaignCorsPolicyProvider.OfCampaign)
            .Describe(
                "subscribe",
                Tag.Signing,
                "Asks for updates. The answer is the same for every address; a letter asks to confirm."
            )
            .AcceptsJson(_example)
            .ProducesJson(SignAnswer.CheckYourMail, StatusCodes.Status202Accepted)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.NoSuchCampaign,
                Refusal.CampaignClosed,
                Refusal.TextChanged,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.RateLimited,
                Refusal.Overloaded
            );

    private static async Task<IResult> Subscribe(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        SubscriberStore subscribers,
        SubscriptionWording wording
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return Refusal.NoSuchCampaign.ToProblem();
        var body = await JsonBody.ReadAsync(request, JsonBody.Small, fields =>
        {
            var form = Read(fields);
            return form.Check(campaign, fields.Errors, wording.Of(campaign, form.Locale));
        });
        if (body.Refusal is { } refusal && refusal.Code != Refusal.TextChanged.Code)
            return refusal.ToProblem();
        if (!campaign.AcceptsSubscriptions)
            return Refusal.CampaignClosed.ToProblem();
        if (body.Value is not { } subscription)
            return body.Refusal!.ToProblem();
        await subscribers.RequestAsync(campaign, subscription, request.HttpContext.Connection.RemoteIpAddress);
        return TypedResults.Accepted((string?)null, SignAnswer.CheckYourMail);
    }

    private static SubscriptionForm Read(JsonFields fields) =>
        new()
        {
            Email = fields.String("email"),
            Country = fields.String("country"),
            Locale = fields.String("locale"),
            Consent = fields.Boolean("consent"),
            NoticeVersion = fields.String("noticeVersion"),
        };
}
