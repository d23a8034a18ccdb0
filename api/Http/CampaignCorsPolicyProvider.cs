using System.Runtime.CompilerServices;
using Campaigns.Db.Campaigns;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Campaigns.Api.Http;

/// <summary>
/// The web sites that may call from a browser. Any site may read public data; only sites that the
/// campaign lists may send signatures.
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

    // A changed campaign is a new object, so the policy of the old object is collected with it.
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
