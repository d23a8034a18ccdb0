namespace Campaigns.Api.Http.Access;

/// <summary>
/// The answer holds files or data of people: out of reach of a token that may only read.
/// </summary>
internal sealed record HoldsPeople;
