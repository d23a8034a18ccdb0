using Campaigns.Api.Endpoints.Campaigns;
using Campaigns.Api.Http;
using Campaigns.Crypto;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Engine;
using Campaigns.Db.Subscribers;
using Campaigns.Subscribers;
using Microsoft.AspNetCore.Mvc;

namespace Campaigns.Api.Pages;

/// <summary>
/// The form that asks for updates, the link that confirms it, and the link in every update that
/// ends them. GET changes nothing.
/// </summary>
internal static class SubscriptionPageEndpoints
{
    public static void MapSubscriptionPages(this IEndpointRouteBuilder pages)
    {
        pages.MapPage("/c/{slug}/subscribe", ShowForm);
        pages.MapPost("/c/{slug}/subscribe", Request).RequireNetworkLimit(NetworkLimit.Signing).StopsWhileFrozen();
        var personal = pages.MapGroup("").RequireNetworkLimit(NetworkLimit.Other);
        personal.MapPage("/subscribe/{token}", ShowSubscription);
        personal.MapPost("/subscribe/{token}", Subscribe);
        personal.MapPage("/unsubscribe/{token}", ShowUnsubscription);
    }

    /// <summary>
    /// The button of mail programs (RFC 8058): their servers send no cookie and come from anywhere,
    /// many from one network, so that neither the origin nor the network is looked at. The token is
    /// what allows it.
    /// </summary>
    public static void MapUnsubscribe(this IEndpointRouteBuilder routes) =>
        routes
            .MapPost("/unsubscribe/{token}", Unsubscribe)
            .WithMetadata(new RequestSizeLimitAttribute(PageForm.Most))
            .ExcludeFromDescription();

    private static async Task<IResult> ShowForm(string slug, CampaignStore campaigns) =>
        await campaigns.FindPublicAsync(slug) is { } campaign
            ? PageResults.Page<SubscribePage>(new { Campaign = campaign })
            : PageResults.NotFound();

    private static async Task<IResult> Request(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        SubscriberStore subscribers,
        SubscriptionWording wording
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return PageResults.NotFound();
        if (await PageForm.ReadAsync(request) is not { } fields)
            return PageForm.Refuse(request);
        var form = PageForm.Subscription(fields);
        if (!campaign.AcceptsSubscriptions)
            return Render(campaign, form, Refusal.CampaignClosed, StatusCodes.Status409Conflict);
        var outcome = form.Check(campaign, new FieldErrors(), wording.Of(campaign, form.Locale));
        if (outcome.Value is not { } subscription)
            return Render(
                campaign,
                form,
                outcome.Refusal,
                outcome.Refusal!.Errors is null ? StatusCodes.Status409Conflict : StatusCodes.Status400BadRequest
            );
        try
        {
            await subscribers.RequestAsync(campaign, subscription, request.HttpContext.Connection.RemoteIpAddress);
        }
        catch (OverloadedException)
        {
            return Render(campaign, form, Refusal.Overloaded, StatusCodes.Status503ServiceUnavailable);
        }
        return PageResults.Page<SubscribePage>(new { Campaign = campaign, Sent = true });
    }

    private static IResult ShowSubscription(string token, SubscriberStore subscribers, CampaignStore campaigns) =>
        RenderSubscription(subscribers.FindSubscription(LinkTokens.FromLink(token)), campaigns);

    private static async Task<IResult> Subscribe(string token, SubscriberStore subscribers, CampaignStore campaigns) =>
        RenderSubscription((await subscribers.SubscribeAsync(LinkTokens.FromLink(token))).Value, campaigns);

    private static IResult ShowUnsubscription(string token, SubscriberStore subscribers, CampaignStore campaigns) =>
        RenderUnsubscription(subscribers.FindUnsubscription(LinkTokens.FromLink(token)), campaigns);

    private static async Task<IResult> Unsubscribe(
        string token,
        SubscriberStore subscribers,
        CampaignStore campaigns
    ) => RenderUnsubscription((await subscribers.UnsubscribeAsync(LinkTokens.FromLink(token))).Value, campaigns);

    private static IResult RenderSubscription(SubscriptionPreview? found, CampaignStore campaigns) =>
        RenderLink("Subscription", "SubscriptionLinkNotUsable", found, campaigns);

    private static IResult RenderUnsubscription(SubscriptionPreview? found, CampaignStore campaigns) =>
        RenderLink("Unsubscription", "UnsubscribeLinkNotUsable", found, campaigns);

    // A restored backup may lack the campaign of a link, and then its subscribers too.
    private static IResult RenderLink(
        string key,
        string notUsable,
        SubscriptionPreview? found,
        CampaignStore campaigns
    ) =>
        found is not null && campaigns.Find(found.CampaignId) is { } campaign
            ? PageResults.Page<SubscriptionPage>(
                new
                {
                    Campaign = campaign,
                    Key = key,
                    found.IsDone,
                }
            )
            : PageResults.Message(notUsable, StatusCodes.Status404NotFound);

    private static IResult Render(Campaign campaign, SubscriptionForm form, Refusal? refusal, int status) =>
        PageResults.Page<SubscribePage>(
            new
            {
                Campaign = campaign,
                Form = form,
                Refusal = refusal,
            },
            status
        );
}
