using System.Runtime.CompilerServices;
using Campaigns.Api.Endpoints.Campaigns;
using Campaigns.Api.Http;
using Campaigns.Api.Pages;
using Campaigns.Db.Campaigns;

namespace Campaigns.Api.Endpoints.Counts;

internal static class CountsEndpoints
{
    private const string Csv = "text/csv";

    private static readonly TimeSpan _pollEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _quietAtMost = TimeSpan.FromSeconds(15);

    public static void MapCounts(this IEndpointRouteBuilder routes)
    {
        // Resolved once, because injected services open a scope in every request.
        var campaigns = routes.ServiceProvider.GetRequiredService<CampaignStore>();
        var responses = routes.ServiceProvider.GetRequiredService<CountsResponseCache>();
        routes
            .MapGet("/api/campaigns/{slug}/counts", (string slug, HttpContext context) =>
                ShowAsync(slug, context, campaigns, responses)
            )
            .RequireCors(CampaignCorsPolicyProvider.Any)
            .Describe("getCounts", Tag.Counts, "Counts confirmed signatures by country, as JSON or CSV.")
            .ProducesCounts()
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblems(Refusal.NoSuchCampaign);
        routes
            .MapGet("/api/campaigns/{slug}/counts/history", ShowHistoryAsync)
            .RequireCors(CampaignCorsPolicyProvider.Any)
            .Describe("getCountsHistory", Tag.Counts, "Shows what each day or week added by country, as JSON or CSV.")
            .Parameter("by", "day or week; day if missing.", "day")
            .Parameter("country", "A country that the campaign lists, or ZZ for all others; all if missing.", "GB")
            .Produces<HistoryView>(contentType: "application/json", additionalContentTypes: Csv)
            .ProducesJsonExample(CountsExamples.History)
            .ProducesTextExample(Csv, CountsExamples.History.ToCsv())
            .ProducesHeader(200, "ETag", "The version of the history, for If-None-Match.", "\"5f0c…\"")
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblems(Refusal.NoSuchCampaign, Refusal.Invalid);
        routes
            .MapGet("/api/campaigns/{slug}/counts/stream", StreamAsync)
            .RequireCors(CampaignCorsPolicyProvider.Any)
            .RequireRateLimiting(NetworkRateLimits.Streams)
            .Describe("streamCounts", Tag.Counts, "Streams the counts: one event at once, then one on each change.")
            .ProducesText<CountsView>(EventStream.MediaType, CountsExamples.Event)
            .ProducesProblems(Refusal.NoSuchCampaign, Refusal.RateLimited);
    }

    private static RouteHandlerBuilder ProducesCounts(this RouteHandlerBuilder endpoint) =>
        endpoint
            .Produces<CountsView>(contentType: "application/json", additionalContentTypes: Csv)
            .ProducesJsonExample(CountsExamples.Counts)
            .ProducesTextExample(Csv, CountsExamples.Csv)
            .ProducesHeader(200, "ETag", "The version of the counts, for If-None-Match.", "W/\"5f0c…\"");

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

    private static async Task<IResult> ShowHistoryAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        HistoryResponseCache responses
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return Refusal.NoSuchCampaign.ToProblem();
        var asked = HistoryRequest.Read(context.Request, campaign);
        if (asked.Refusal is { } refusal)
            return refusal.ToProblem();
        context.Response.Headers.Vary = "Accept";
        return await responses.OfAsync(campaign, asked.Value!, PrefersCsv(context.Request));
    }

    private static async Task<IResult> StreamAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        CountsResponseCache responses,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        CancellationToken aborted
    )
    {
        if (await campaigns.FindPublicAsync(slug) is null)
            return Refusal.NoSuchCampaign.ToProblem();
        return new EventStream(
            Changes(
                slug,
                PageLanguage.Choose(context.Request),
                campaigns,
                responses,
                time,
                lifetime.ApplicationStopping,
                aborted
            )
        );
    }

    private static async IAsyncEnumerable<byte[]> Changes(
        string slug,
        string locale,
        CampaignStore campaigns,
        CountsResponseCache responses,
        TimeProvider time,
        CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken aborted
    )
    {
        var sent = "";
        var sentAt = time.GetTimestamp();
        while (
            !aborted.IsCancellationRequested
            && !stopping.IsCancellationRequested
            && await campaigns.FindPublicAsync(slug) is { } campaign
        )
        {
            var (answer, fingerprint) = await responses.WithFingerprintAsync(campaign, locale);
            if (fingerprint != sent || time.GetElapsedTime(sentAt) >= _quietAtMost)
            {
                yield return fingerprint != sent ? EventStream.Event("counts", answer.Body) : EventStream.Comment;
                sent = fingerprint;
                sentAt = time.GetTimestamp();
            }
            await Task.Delay(_pollEvery, time, aborted);
        }
    }

    /// <summary>
    /// True when the client names CSV and accepts it with at least JSON's quality.
    /// </summary>
    private static bool PrefersCsv(HttpRequest request)
    {
        var header = request.Headers.Accept;
        if (header.Count == 0 || !header.Any(text => text?.Contains(Csv, StringComparison.OrdinalIgnoreCase) ?? false))
            return false;
        var accepted = request.GetTypedHeaders().Accept;
        return QualityOf(Csv) is > 0 and var csv
            && csv >= (QualityOf("application/json") ?? QualityOf("application/*") ?? QualityOf("*/*") ?? 0);

        double? QualityOf(string type) =>
            accepted
                .Where(range => range.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase))
                .Max(range => (double?)(range.Quality ?? 1));
    }
}
