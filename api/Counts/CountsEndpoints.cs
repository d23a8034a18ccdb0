using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Campaigns.Api.Campaigns;
using Campaigns.Api.Http;
using Campaigns.Api.Pages;
using Campaigns.Db.Campaigns;

namespace Campaigns.Api.Counts;

internal static class CountsEndpoints
{
    private const string Csv = "text/csv";

    private static readonly TimeSpan _atMostEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _signOfLife = TimeSpan.FromSeconds(20);

    public static void MapCounts(this IEndpointRouteBuilder routes)
    {
        // Taken once: asking for services opens a scope in every request.
        var campaigns = routes.ServiceProvider.GetRequiredService<CampaignStore>();
        var responses = routes.ServiceProvider.GetRequiredService<CountsResponseCache>();
        routes
            .MapGet("/api/campaigns/{slug}/counts", (string slug, HttpContext context) =>
                ShowAsync(slug, context, campaigns, responses)
            )
            .RequireCors(CampaignCorsPolicyProvider.Any)
            .Produces<CountsView>(contentType: "application/json", additionalContentTypes: Csv)
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblems("no-such-campaign");
        routes
            .MapGet("/api/campaigns/{slug}/counts/stream", StreamAsync)
            .RequireCors(CampaignCorsPolicyProvider.Any)
            .RequireRateLimiting(NetworkRateLimits.Streams)
            .Produces<CountsView>(contentType: "text/event-stream")
            .ProducesProblems("no-such-campaign", "rate-limited");
    }

    private static async ValueTask<IResult> ShowAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        CountsResponseCache responses
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return Refusal.NoSuchCampaign.ToProblem();
        context.Response.Headers.Vary = "Accept, Accept-Language";
        return await responses.OfAsync(campaign, PageLanguage.Choose(context.Request), PrefersCsv(context.Request));
    }

    private static async Task<IResult> StreamAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        CountsResponseCache responses,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        CancellationToken gone
    )
    {
        if (await campaigns.FindPublicAsync(slug) is null)
            return Refusal.NoSuchCampaign.ToProblem();
        return TypedResults.ServerSentEvents(
            Changes(
                slug,
                PageLanguage.Choose(context.Request),
                campaigns,
                responses,
                time,
                lifetime.ApplicationStopping,
                gone
            )
        );
    }

    // A quiet stream sends a sign of life: proxies cut what is silent, and only by sending do we notice who has gone.
    private static async IAsyncEnumerable<SseItem<byte[]>> Changes(
        string slug,
        string locale,
        CampaignStore campaigns,
        CountsResponseCache responses,
        TimeProvider time,
        CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken gone
    )
    {
        var sent = "";
        var quiet = TimeSpan.Zero;
        while (
            !gone.IsCancellationRequested
            && !stopping.IsCancellationRequested
            && await campaigns.FindPublicAsync(slug) is { } campaign
        )
        {
            var (answer, fingerprint) = await responses.WithFingerprintAsync(campaign, locale);
            if (fingerprint != sent || quiet >= _signOfLife)
            {
                yield return new SseItem<byte[]>(answer.Body, fingerprint != sent ? "counts" : "alive");
                sent = fingerprint;
                quiet = TimeSpan.Zero;
            }
            await Task.Delay(_atMostEvery, time, gone);
            quiet += _atMostEvery;
        }
    }

    /// <summary>Only who names CSV, and wants it no less than JSON, gets it.</summary>
    private static bool PrefersCsv(HttpRequest request)
    {
        var header = request.Headers.Accept;
        if (header.Count == 0 || !header.Any(text => text?.Contains(Csv, StringComparison.OrdinalIgnoreCase) ?? false))
            return false;
        var accepted = request.GetTypedHeaders().Accept;
        return Wish(Csv) is > 0 and var csv
            && csv >= (Wish("application/json") ?? Wish("application/*") ?? Wish("*/*") ?? 0);

        double? Wish(string type) =>
            accepted
                .Where(one => one.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase))
                .Max(one => (double?)(one.Quality ?? 1));
    }
}
