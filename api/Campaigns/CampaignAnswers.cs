using System.Collections.Concurrent;
using System.Text.Json;
using Campaigns.Api.Http;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Campaigns;

/// <summary>Campaigns as anyone may see them, written out once until they, or their counts, change.</summary>
internal sealed class CampaignAnswers(CampaignStore campaigns, LiveCounts counts, IOptions<JsonOptions> json)
{
    private readonly ConcurrentDictionary<(long Campaign, string Locale), Written> _written = new();
    private WrittenList _list = new([], new ReadyAnswer("[]"u8.ToArray(), ReadyAnswer.Json));

    public async ValueTask<ReadyAnswer> OfAsync(Campaign campaign, string locale)
    {
        var now = await counts.OfAsync(campaign);
        if (_written.TryGetValue((campaign.Id, locale), out var written) && ReferenceEquals(written.Campaign, campaign) && written.Confirmed == now.Confirmed)
            return written.Answer;
        written = new Written(campaign, now.Confirmed, Write(CampaignView.Of(campaign, now, locale)));
        _written[(campaign.Id, locale)] = written;
        return written.Answer;
    }

    /// <summary>The open ones, newest first.</summary>
    public async ValueTask<ReadyAnswer> ListAsync()
    {
        var open = new List<(Campaign Campaign, long Confirmed)>();
        foreach (var campaign in await campaigns.ListAsync())
            if (campaign.State == CampaignState.Open) open.Add((campaign, (await counts.OfAsync(campaign)).Confirmed));
        var list = Volatile.Read(ref _list);
        if (list.Of.SequenceEqual(open)) return list.Answer;
        list = new WrittenList(open, Write(open.Select(one => CampaignSummary.Of(one.Campaign, one.Confirmed)).ToArray()));
        Volatile.Write(ref _list, list);
        return list.Answer;
    }

    private ReadyAnswer Write<T>(T view) => new(JsonSerializer.SerializeToUtf8Bytes(view, json.Value.SerializerOptions), ReadyAnswer.Json);

    private sealed record Written(Campaign Campaign, long Confirmed, ReadyAnswer Answer);

    private sealed record WrittenList(IReadOnlyList<(Campaign Campaign, long Confirmed)> Of, ReadyAnswer Answer);
}
