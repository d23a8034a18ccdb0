using System.Text.Json.Serialization;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Signatures;

namespace Campaigns.Api.Endpoints.Signatures;

/// <summary>
/// A burst of held signatures from one network. Held is null where fewer than
/// <see cref="Coarse.Few"/> are held and the number is not shown; <see cref="Few"/> says so.
/// </summary>
public sealed record WaveView(string Id, DateTimeOffset From, DateTimeOffset To, long? Held, string Reason)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few => Held is null;

    internal static WaveView Create(Wave wave, bool coarse) =>
        new(
            Ids.Text(wave.Id),
            coarse ? wave.From.FullHour() : wave.From,
            coarse ? wave.To.FullHour().AddHours(1) : wave.To,
            coarse ? Coarse.Value(wave.Held) : wave.Held,
            SigningRules.NetworkHold
        );
}

/// <summary>Waves of holds: a burst is released or invalidated at once.</summary>
internal static class WaveEndpoints
{
    public static void MapWaves(this RouteGroupBuilder staff)
    {
        staff
            .MapGet("/campaigns/{slug}/waves", List)
            .RequireRole(Role.Campaigner)
            .Describe("listWaves", Tag.StaffSignatures, "Lists bursts that a network limit held, newest first.")
            .ProducesList(SignatureExamples.Wave);
        staff
            .MapPost("/campaigns/{slug}/waves/{id}/release", Release)
            .RequireRole(Role.Campaigner)
            .Describe("releaseWave", Tag.StaffSignatures, "Ends the holds of a wave. Repeatable.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.Overloaded);
        staff
            .MapPost("/campaigns/{slug}/waves/{id}/invalidate", Invalidate)
            .RequireRole(Role.Campaigner)
            .Describe("invalidateWave", Tag.StaffSignatures, "Invalidates the held signatures of a wave. Repeatable.")
            .AcceptsJson(new InvalidateRequest("bulk signing from one network"))
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.ApprovalNeeded,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.Overloaded
            );
    }

    private static IResult List(string slug, HttpContext context, CampaignStore campaigns, WaveStore waves)
    {
        if (campaigns.Find(slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var page = ListRequest.Read(context.Request);
        if (page.Value is not { } asked)
            return page.Refusal!.ToProblem();
        var coarse = Coarse.AppliesTo(context.Member(), campaign);
        return TypedResults.Ok(
            asked.Page(
                waves.List(campaign.Id, asked.Before, asked.Rows, coarse),
                wave => wave.First,
                wave => WaveView.Create(wave, coarse)
            )
        );
    }

    private static Task<IResult> Release(string slug, string id, HttpContext context, WaveStore waves) =>
        context.ActAsync(slug, id, (campaign, wave) =>
            waves.ReleaseAsync(campaign, wave, context.Actor(), context.RequestAborted)
        );

    private static Task<IResult> Invalidate(string slug, string id, HttpContext context, WaveStore waves) =>
        context.ActAsync(slug, id, (campaign, wave, reason) =>
            waves.InvalidateAsync(campaign, wave, reason, context.Actor(), context.RequestAborted)
        );
}
