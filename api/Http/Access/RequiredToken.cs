
namespace Campaigns.Api.Http.Access;

/// <summary>The token that an operation needs, by the name of its security scheme.</summary>
internal sealed record RequiredToken(string Scheme);
