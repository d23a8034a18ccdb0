namespace Campaigns.Api.Http.Access;

/// <summary>
/// The endpoint shows a member only the member's own data, so that it needs no second factor.
/// </summary>
internal sealed record OwnData;
