using System.Text.Json.Serialization;
using Campaigns.Api.Campaigns;
using Campaigns.Api.Counts;
using Campaigns.Api.Ledger;
using Campaigns.Api.Signatures;

namespace Campaigns.Api.Http;

/// <summary>
/// Source-generated serialisation for the frequent responses, which avoids reflection. All other
/// responses are serialised by reflection in the same format (<see cref="Json.AddContractJson"/>).
/// </summary>
[JsonSerializable(typeof(SignAnswer))]
[JsonSerializable(typeof(ConfirmedView))]
[JsonSerializable(typeof(CountsView))]
[JsonSerializable(typeof(HeadView))]
[JsonSerializable(typeof(ProofView))]
[JsonSerializable(typeof(CampaignView))]
[JsonSerializable(typeof(CampaignSummary[]))]
[JsonSerializable(typeof(HealthView))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
internal sealed partial class ContractJson : JsonSerializerContext;
