using System.Runtime.CompilerServices;
using System.Text.Json;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Endpoints.Live;

/// <summary>
/// The events of one open console: everything at first, then each that changed. It ends some
/// seconds after the member's access ended or changed, and does not keep an idle session alive.
/// </summary>
internal sealed class LiveStream(
    CampaignStore campaigns,
    LiveReader reader,
    IOptions<JsonOptions> json,
    TimeProvider time,
    IHostApplicationLifetime lifetime
)
{
    private static readonly TimeSpan _lookEvery = TimeSpan.FromSeconds(1);

    // Access, letters and problems are not worth a query each second.
    private static readonly TimeSpan _lookAtAllEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _quietAtMost = TimeSpan.FromSeconds(15);

    public async IAsyncEnumerable<byte[]> ReadAsync(
        string slug,
        HttpContext context,
        [EnumeratorCancellation] CancellationToken aborted
    )
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(aborted, lifetime.ApplicationStopping);
        var sent = new Dictionary<string, string>(StringComparer.Ordinal);
        long? lookedAtAll = null;
        var wroteAt = time.GetTimestamp();
        while (!ending.IsCancellationRequested)
        {
            var all = lookedAtAll is not { } at || time.GetElapsedTime(at) >= _lookAtAllEvery;
            if (all && !StaffAccess.StillReaches(context))
                yield break;
            if (context.FindCampaign(campaigns, slug) is not { } campaign)
                yield break;
            var events = await reader.ReadAsync(context.Member(), campaign, all, ending.Token);
            if (all)
                lookedAtAll = time.GetTimestamp();
            foreach (var one in events.Where(one => sent.GetValueOrDefault(one.Subject) != one.State))
            {
                sent[one.Subject] = one.State;
                wroteAt = time.GetTimestamp();
                yield return EventStream.Event(one.Name, Json(one.Data));
            }
            if (time.GetElapsedTime(wroteAt) >= _quietAtMost)
            {
                wroteAt = time.GetTimestamp();
                yield return EventStream.Comment;
            }
            await Task.Delay(_lookEvery, time, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private byte[] Json(object data) =>
        JsonSerializer.SerializeToUtf8Bytes(data, data.GetType(), json.Value.SerializerOptions);
}
