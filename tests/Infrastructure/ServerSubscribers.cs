using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Subscribers;
using Campaigns.Signatures;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Infrastructure;

/// <summary>The subscribers of a running server, which no endpoint lists.</summary>
internal static class ServerSubscribers
{
    /// <summary>The token that an update sent now to the address would have.</summary>
    public static string UnsubscribeToken(this CampaignServer server, string email, string slug)
    {
        var row = Find(server, email, slug)!;
        return server
            .Services.GetRequiredService<SubscriberEncryption>()
            .UnsubscribeToken(row.CampaignId, row.Id, row.Index);
    }

    public static bool IsSubscriber(this CampaignServer server, string email, string slug) =>
        Find(server, email, slug) is { IsActive: true };

    private static SubscriberRow? Find(CampaignServer server, string email, string slug)
    {
        var campaign = server.Services.GetRequiredService<CampaignStore>().Find(slug)!;
        var index = server.Services.GetRequiredService<Database>().Keys.BlindIndex;
        using var connection = server.Services.GetRequiredService<Database>().Read();
        return SubscriberTable.Find(
            connection,
            campaign.Id,
            index.SubscriberCandidates(campaign.Id, EmailAddress.Parse(email).Address!.Normalised)
        );
    }
}
