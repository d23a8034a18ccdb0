using Campaigns.Api.Http.Access;
using Campaigns.Bench.Server;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Engine;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Signatures;

namespace Campaigns.Bench.References;

/// <summary>
/// Gives the campaign a history of three years in every country, and signs a member in to the
/// console.
/// </summary>
internal static class ConsoleHistory
{
    public const string Path = "/bench/console-history";

    private const int Days = 3 * 365;

    // The product keeps hours for this many days.
    private const int DaysOfHours = 90;
    private const int EachDay = 5;

    public static void MapConsoleHistory(this IEndpointRouteBuilder routes) => routes.MapPost(Path, FillAsync);

    /// <summary>Returns the cookie of the session.</summary>
    private static async Task<string> FillAsync(
        Database database,
        CampaignStore campaigns,
        StaffStore staff,
        SessionStore sessions,
        SessionCookie cookie,
        TimeProvider time
    )
    {
        var campaign = campaigns.Find(Site.Slug)!;
        for (var day = 0; day < Days; day++)
        {
            var at = time.GetUtcNow().AddDays(-day);
            await database.Writes.RunAsync(write => FillDay(write, campaign.Id, at, day < DaysOfHours));
        }
        var member = await staff.EnsureAsync("Bench console", Role.Administrator, []);
        return $"{cookie.Name}={await sessions.StartAsync(member, "Bench", secondFactor: true)}";
    }

    private static bool FillDay(WriteTransaction write, long campaignId, DateTimeOffset at, bool byHour)
    {
        foreach (var country in Country.Codes)
            for (var n = 0; n < EachDay; n++)
            {
                var hour = byHour ? at.AddHours(-4 * n) : at;
                write.CountStep(SigningStep.Signature, campaignId, hour, country, MailProvider.Other);
                write.CountStep(SigningStep.Letter, campaignId, hour, country, MailProvider.Other);
                write.CountConfirmed(campaignId, hour.ToUnixTimeMilliseconds(), country, 1);
                write.Count(campaignId, country, SignatureState.Confirmed, 1);
            }
        return true;
    }
}
