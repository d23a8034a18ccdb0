using System.Text.Json.Serialization;
using Campaigns.Api.Endpoints.Campaigns;
using Campaigns.Api.Endpoints.Counts;
using Campaigns.Api.Endpoints.Ledger;
using Campaigns.Api.Endpoints.Signatures;

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
[JsonSerializable(typeof(ListView<CampaignSummary>))]
[JsonSerializable(typeof(HealthView))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
internal sealed partial class ContractJson : JsonSerializerContext;
