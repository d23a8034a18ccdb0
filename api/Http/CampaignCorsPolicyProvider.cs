using System.Runtime.CompilerServices;
using Campaigns.Db.Campaigns;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Campaigns.Api.Http;

/// <summary>
/// Which web sites may call from a browser: public reads any, signing those the campaign lists.
/// </summary>
internal sealed class CampaignCorsPolicyProvider(CampaignStore campaigns) : ICorsPolicyProvider
{
    public const string Any = "any";
    public const string OfCampaign = "of-campaign";

    private static readonly CorsPolicy _any = new CorsPolicyBuilder()
        .AllowAnyOrigin()
        .WithMethods("GET", "HEAD")
        .AllowAnyHeader()
        .WithExposedHeaders("ETag")
        .Build();

    // A campaign that changes is another object, and the policy of the former goes with it.
    private readonly ConditionalWeakTable<Campaign, CorsPolicy> _ofCampaign = [];

    public async Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName) =>
        policyName switch
        {
            Any => _any,
            OfCampaign
                when context.GetRouteValue("slug") is string slug
                    && await campaigns.FindAsync(slug) is { AllowedOrigins.Count: > 0 } campaign =>
                _ofCampaign.GetValue(campaign, Build),
            _ => null,
        };

    private static CorsPolicy Build(Campaign campaign) =>
        new CorsPolicyBuilder()
            .WithOrigins([.. campaign.AllowedOrigins])
            .WithMethods("POST")
            .WithHeaders("content-type")
            .Build();
}
