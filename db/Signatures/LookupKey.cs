using Campaigns.Db.Engine;

namespace Campaigns.Db.Signatures;

/// <summary>The blind index of a request's address under one active index key.</summary>
internal sealed record LookupKey(long Request, long CampaignId, byte[] Index)
{
    public Statement Bind(Statement statement) =>
        statement.Set("@request", Request).Set("@campaignId", CampaignId).Set("@index", Index);
}
