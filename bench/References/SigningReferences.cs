using Campaigns.Api.Endpoints.Signatures;
using Campaigns.Api.Http;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;

namespace Campaigns.Bench.References;

/// <summary>Signing up to storing, then nothing or one transaction a request.</summary>
internal static class SigningReferences
{
    public static void MapSigningReferences(this IEndpointRouteBuilder routes)
    {
        routes
            .MapPost("/bench/campaigns/{slug}/sealed", ThrowAway)
            .RequireNetworkLimit(NetworkLimit.Signing)
            .RequireCors(CampaignCorsPolicyProvider.OfCampaign);
        routes
            .MapPost("/bench/campaigns/{slug}/one-transaction", Store)
            .RequireNetworkLimit(NetworkLimit.Signing)
            .RequireCors(CampaignCorsPolicyProvider.OfCampaign);
    }

    private static Task<IResult> ThrowAway(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        SigningStore signatures,
        TimeProvider time
    ) => SignAsync(slug, request, campaigns, time, (campaign, signature) =>
        {
            signatures.Prepare(campaign, signature);
            return Task.CompletedTask;
        });

    private static Task<IResult> Store(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        SigningStore signatures,
        OneTransaction store,
        TimeProvider time
    ) =>
        SignAsync(slug, request, campaigns, time, (campaign, signature) =>
            store.SignAsync(signatures.Prepare(campaign, signature))
        );

    private static Task<IResult> SignAsync(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        TimeProvider time,
        Func<Campaign, NewSignature, Task> store
    ) => SignatureEndpoints.SignAsync(slug, request, campaigns, time, async (campaign, signature) =>
        {
            await store(campaign, signature);
            return null;
        });
}
