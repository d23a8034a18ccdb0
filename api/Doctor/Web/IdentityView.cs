namespace Campaigns.Api.Doctor.Web;

/// <param name="Answer">Proves that the process has the same database as the asking one.</param>
/// <param name="Scheme">http or https, as the process sees the request.</param>
/// <param name="Forwarded">known: proxies of <c>Proxies:Known</c> passed the request on; partly:
/// others did too; unknown: only others did; none.</param>
public sealed record IdentityView(string Answer, string Scheme, string Forwarded)
{
    public const string Known = "known";
    public const string Partly = "partly";
    public const string Unknown = "unknown";
    public const string None = "none";
}
