using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Campaigns.Api.Campaigns;
using Campaigns.Api.Http;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;

namespace Campaigns.Api.Counts;

public sealed record CountryCountView(string Country, string Name, long Confirmed, int? Goal);

public sealed record SealedView(long Size, long Confirmed);

public sealed record CountsView(string Campaign, DateTimeOffset AsOf, long Confirmed, int Goal, IReadOnlyList<CountryCountView> Countries, SealedView Sealed)
{
    /// <summary>Listed countries always, then <c>ZZ</c>; count descending, then code.</summary>
    public static CountsView Of(Campaign campaign, PublicCounts counts, string locale) => new(
        campaign.Slug, counts.AsOf, counts.Confirmed, campaign.Goal,
        [.. campaign.Countries
            .Select(country => new CountryCountView(
                country.Country, Country.Name(country.Country, locale), counts.ByCountry.GetValueOrDefault(country.Country), country.Goal))
            .OrderByDescending(country => country.Confirmed).ThenBy(country => country.Country, StringComparer.Ordinal),
            Others(campaign, counts, locale)],
        new SealedView(counts.SealedSize, counts.SealedConfirmed));

    /// <summary>Everything but the moment: when this stays the same, nothing has changed.</summary>
    public string Fingerprint() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', Countries.Select(country => $"{country.Country} {country.Name} {country.Confirmed} {country.Goal}").Append($"{Goal} {Sealed.Size} {Sealed.Confirmed}")))))[..32];

    // Also what a country no longer listed had when it was.
    private static CountryCountView Others(Campaign campaign, PublicCounts counts, string locale) => new(
        Country.Other, Country.Name(Country.Other, locale), counts.ByCountry.Where(pair => !campaign.ListedCountries.Contains(pair.Key)).Sum(pair => pair.Value), null);
}

internal static class CountsEndpoints
{
    private static readonly TimeSpan _signOfLife = TimeSpan.FromSeconds(20);

    public static void MapCounts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/campaigns/{slug}/counts", Show).RequireCors(Origins.Any)
            .Produces<CountsView>(contentType: "application/json", additionalContentTypes: "text/csv").Produces(StatusCodes.Status304NotModified).Refuses("no-such-campaign");
        routes.MapGet("/api/campaigns/{slug}/counts/stream", Stream).RequireCors(Origins.Any).RequireRateLimiting(Networks.Streams)
            .Produces<CountsView>(contentType: "text/event-stream").Refuses("no-such-campaign", "rate-limited");
    }

    private static IResult Show(string slug, HttpContext context, CampaignStore campaigns, CountStore counts)
    {
        if (campaigns.FindPublic(slug) is not { } campaign) return Refusal.NoSuchCampaign.ToProblem();
        var view = CountsView.Of(campaign, counts.Public(campaign), CurrentLocale);
        var csv = PrefersCsv(context.Request);
        context.Response.Headers.Vary = "Accept, Accept-Language";
        // Weak: the moment in the body moves on though nothing else does.
        if (context.Knows($"{view.Fingerprint()}{(csv ? "-csv" : "")}", immutable: false, weak: true)) return Caching.NotModified();
        return csv ? TypedResults.Text(Csv(view), "text/csv", Encoding.UTF8) : TypedResults.Ok(view);
    }

    private static IResult Stream(string slug, CampaignStore campaigns, CountsFeed feed, TimeProvider time, IHostApplicationLifetime lifetime, CancellationToken gone)
    {
        if (campaigns.FindPublic(slug) is null) return Refusal.NoSuchCampaign.ToProblem();
        return TypedResults.ServerSentEvents(Changes(slug, CurrentLocale, campaigns, feed, time, lifetime.ApplicationStopping, gone));
    }

    // A quiet stream sends a sign of life: proxies cut what is silent, and only by sending do we notice who has gone.
    private static async IAsyncEnumerable<SseItem<CountsView>> Changes(
        string slug, string locale, CampaignStore campaigns, CountsFeed feed, TimeProvider time, CancellationToken stopping, [EnumeratorCancellation] CancellationToken gone)
    {
        var sent = "";
        var quiet = TimeSpan.Zero;
        while (!gone.IsCancellationRequested && !stopping.IsCancellationRequested && campaigns.FindPublic(slug) is { } campaign)
        {
            var view = CountsView.Of(campaign, feed.Of(campaign), locale);
            var fingerprint = view.Fingerprint();
            if (fingerprint != sent || quiet >= _signOfLife)
            {
                yield return new SseItem<CountsView>(view, fingerprint != sent ? "counts" : "alive");
                sent = fingerprint;
                quiet = TimeSpan.Zero;
            }
            await Task.Delay(CountsFeed.AtMostEvery, time, gone);
            quiet += CountsFeed.AtMostEvery;
        }
    }

    private static string CurrentLocale => Locales.Nearest(CultureInfo.CurrentUICulture.Name);

    private static bool PrefersCsv(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        double Wish(string mediaType) => accepted.Where(type => type.MediaType == mediaType).Select(type => type.Quality ?? 1).DefaultIfEmpty(0).Max();
        return Wish("text/csv") is > 0 and var csv && csv >= Wish("application/json");
    }

    private static string Csv(CountsView view)
    {
        var csv = new StringBuilder("country,name,confirmed,goal\r\n");
        foreach (var country in view.Countries)
        {
            // Names of countries may have commas, never quotes.
            var name = country.Name.Contains(',', StringComparison.Ordinal) ? $"\"{country.Name}\"" : country.Name;
            csv.Append(CultureInfo.InvariantCulture, $"{country.Country},{name},{country.Confirmed},{country.Goal}\r\n");
        }
        return csv.ToString();
    }
}
