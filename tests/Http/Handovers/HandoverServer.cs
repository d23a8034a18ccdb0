using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Handovers;

/// <summary>A server with what its tests do to hand-overs.</summary>
public sealed class HandoverServer : SharedServer
{
    /// <summary>A word that stands in every note.</summary>
    public const string Secret = "Canary";

    public string Handovers => $"/api/staff/campaigns/{Slug}/handovers";

    public JsonObject Plan(string packet) =>
        new()
        {
            ["recipient"] = "embassy-oslo",
            ["packets"] = new JsonArray(packet),
            ["occasion"] = "International Day Against Homophobia",
            ["plannedOn"] = Today(),
            ["time"] = "11:30",
            ["place"] = $"{Secret} street",
            ["delegation"] = new JsonArray("Kari", "Ola"),
            ["note"] = Secret,
            ["public"] = true,
        };

    public async Task<string> ReadyPacketAsync(string? slug = null)
    {
        await Server.SignAndConfirmAsync(slug ?? Slug, CampaignServer.Signature($"{Guid.NewGuid():N}@example.org"));
        var packet = await PacketOrders.OrderAsync(Staff, slug ?? Slug, recipient: "embassy-oslo");
        await PacketOrders.ReadyAsync(Staff, packet);
        return packet;
    }

    public async Task<string> PlannedAsync(string? packet = null, string? slug = null)
    {
        var plan = Plan(packet ?? await ReadyPacketAsync(slug));
        var handovers = slug is null ? Handovers : $"/api/staff/campaigns/{slug}/handovers";
        var created = await CampaignServer.Expect(201, await Staff.PostAsJsonAsync(handovers, plan));
        return created.Headers.Location!.ToString();
    }

    public async Task<JsonObject> ReadAsync(string address) =>
        await (await CampaignServer.Expect(200, await Staff.GetAsync(address))).BodyAsync();

    public Task<HttpResponseMessage> AddAsync(string address, object attempt) =>
        Staff.PostAsJsonAsync($"{address}/attempts", attempt);

    public async Task<string> AttemptAsync(string address, string on, string outcome)
    {
        var attempt = new
        {
            on,
            outcome,
            place = $"{Secret} gate",
            by = $"{Secret} Nordmann",
            reference = $"{Secret}/7",
            note = Secret,
        };
        return (await (await CampaignServer.Expect(201, await AddAsync(address, attempt))).BodyAsync()).ToJsonString();
    }

    public async Task<string> AnswerAsync(string address, string on, string kind)
    {
        var answer = await Staff.PostAsJsonAsync(
            $"{address}/answer",
            new
            {
                on,
                kind,
                summary = "They will look into it.",
                source = "Letter 44/19",
            }
        );
        return (await (await CampaignServer.Expect(201, answer)).BodyAsync()).ToJsonString();
    }
}
