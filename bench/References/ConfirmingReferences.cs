using Campaigns.Api.Endpoints.Signatures;
using Campaigns.Api.Http;
using Campaigns.Crypto;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Keys;
using Campaigns.Db.Ledger;

namespace Campaigns.Bench.References;

/// <summary>
/// Confirming without the database, and the links that letters would contain.
/// </summary>
internal static class ConfirmingReferences
{
    public const string NoOp = "/bench/confirmations";

    public static void MapConfirmingReferences(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(NoOp, Confirm).RequireNetworkLimit(NetworkLimit.Other);
        routes.MapGet("/bench/campaigns/{slug}/confirm-links", ListLinks);
        routes.MapPost("/bench/campaigns/{slug}/rest-ledger", RestLedger);
    }

    // The same steps as ConfirmationEndpoints.Confirm and ConfirmationStore.ConfirmAsync.
    private static async Task<IResult> Confirm(HttpRequest request, KeyRing keys, CampaignStore campaigns)
    {
        var body = await JsonBody.ReadAsync(request, JsonBody.Small, ConfirmationEndpoints.Read);
        if (body.Value is not { } press)
            return body.Refusal!.ToProblem();
        if (!keys.Tokens.TryRead(LinkPurpose.Confirm, press.Token, out var token))
            return Refusal.LinkNotUsable.ToProblem();
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        var manage = keys.Tokens.Write(LinkPurpose.Manage, token.CampaignId, token.RowId, 0);
        return TypedResults.Ok(
            new ConfirmedView(campaigns.Get(token.CampaignId).Slug, "NO", "confirmed", manage, false)
        );
    }

    /// <summary>Suspends sealing, as if published lines were missing.</summary>
    private static void RestLedger(string slug, CampaignStore campaigns, SealingSuspensions suspensions) =>
        suspensions.Set(new Dictionary<long, string> { [campaigns.Find(slug)!.Id] = "The bench suspended sealing." });

    private static string ListLinks(string slug, int count, CampaignStore campaigns, Database database, KeyRing keys)
    {
        var id = campaigns.Find(slug)!.Id;
        using var connection = database.Read();
        return string.Join(
            '\n',
            Signers
                .Pending(connection, id, count)
                .Select(row => keys.Tokens.Write(LinkPurpose.Confirm, id, row.Id, (int)row.Generation))
        );
    }
}
