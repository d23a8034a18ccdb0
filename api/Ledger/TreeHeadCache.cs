using System.Runtime.CompilerServices;
using Campaigns.Api.Http;
using Campaigns.Db.Ledger;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Ledger;

/// <summary>The newest heads as they are sent: each is written out once.</summary>
internal sealed class TreeHeadCache(LedgerStore ledger, IOptions<JsonOptions> json)
{
    // A newer head is another object, and the answer of the former goes with it.
    private readonly ConditionalWeakTable<SignedTreeHead, CachedResponse> _written = [];

    public async ValueTask<CachedResponse> NewestAsync(long campaignId) =>
        _written.GetValue(await ledger.GetHeadAsync(campaignId), Write);

    public static string TagOf(SignedTreeHead head) => FormattableString.Invariant($"{head.Size}-{head.Root[..16]}");

    private CachedResponse Write(SignedTreeHead head) => CachedResponse.Json(HeadView.From(head), json, TagOf(head));
}
