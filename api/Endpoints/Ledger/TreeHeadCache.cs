using System.Runtime.CompilerServices;
using Campaigns.Api.Http;
using Campaigns.Db.Ledger;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Endpoints.Ledger;

/// <summary>Caches the responses for the newest heads; each head is serialised once.</summary>
internal sealed class TreeHeadCache(LedgerStore ledger, IOptions<JsonOptions> json)
{
    // A newer head is a new object, so the response of the old head is collected with it.
    private readonly ConditionalWeakTable<SignedTreeHead, CachedResponse> _responses = [];

    public async ValueTask<CachedResponse> NewestAsync(long campaignId) =>
        _responses.GetValue(await ledger.GetHeadAsync(campaignId), Serialize);

    public static string TagOf(SignedTreeHead head) => FormattableString.Invariant($"{head.Size}-{head.Root[..16]}");

    private CachedResponse Serialize(SignedTreeHead head) =>
        CachedResponse.Json(HeadView.From(head), json, TagOf(head));
}
