namespace Campaigns.Api.Http.Access;

/// <summary>
/// The roles that may use an endpoint, besides administrators, who may use every endpoint. An
/// endpoint without roles is for administrators only.
/// </summary>
internal sealed record RequiredRoles(IReadOnlyList<string> Roles);
