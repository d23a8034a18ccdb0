using System.Security.Cryptography;
using System.Text.Json;
using Campaigns.Api.Endpoints.Campaigns;
using Campaigns.Api.Http;
using Campaigns.Api.Pages;
using Campaigns.Db.Campaigns;
using Campaigns.Worker;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>The timeline of a campaign for everyone, as JSON and as a feed.</summary>
internal static class TimelineEndpoints
{
    public static void MapTimelines(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/campaigns/{slug}/timeline", ShowAsync)
            .RequireCors(CampaignCorsPolicyProvider.Any)
            .Describe("getTimeline", Tag.Campaigns, "What has happened in a campaign, newest first.")
            .Parameter("before", "The next of the page before. Without it the newest items.", "MjAxOS0wNS0xNy0z")
            .ProducesJson(new ListView<TimelineItemView>([TimelineExamples.Item], "MjAxOS0wNS0xNy0z"))
            .ProducesHeader(200, "ETag", "The version of the page, for If-None-Match.", "\"5f0c…\"")
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblems(Refusal.Invalid, Refusal.NoSuchCampaign);
        routes
            .MapGet("/c/{slug}/feed.atom", ShowFeedAsync)
            .RequireCors(CampaignCorsPolicyProvider.Any)
            .ExcludeFromDescription();
    }

    private static async Task<IResult> ShowAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        CampaignTimelines timelines,
        IOptions<JsonOptions> json
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return Refusal.NoSuchCampaign.ToProblem();
        // The response has titles and texts in the reader's language.
        context.Response.Headers.Vary = "Accept-Language";
        var timeline = await timelines.OfAsync(campaign, PageLanguage.Choose(context.Request));
        if (timeline.FindPage((string?)context.Request.Query["before"]) is not { } page)
            return Refusal.Validation("before", "This must be the next of the page before.").ToProblem();
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new ListView<TimelineItemView>([.. page.Items.Select(TimelineItemView.From)], page.Next),
            json.Value.SerializerOptions
        );
        return Tagged(body, "application/json; charset=utf-8");
    }

    private static async Task<IResult> ShowFeedAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        CampaignTimelines timelines,
        PublicAddress site
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return PageResults.NotFound();
        var words = new TimelineWords(PageLanguage.Choose(context.Request));
        var timeline = await timelines.OfAsync(campaign, words.Locale);
        return Tagged(
            TimelineFeed.Write(campaign, timeline, words, site.Url),
            $"{TimelineFeed.MediaType}; charset=utf-8"
        );
    }

    private static CachedResponse Tagged(byte[] body, string contentType) =>
        new(body, contentType, Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16)));
}
