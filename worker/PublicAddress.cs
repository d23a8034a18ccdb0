using Campaigns.Db;
using Microsoft.Extensions.Configuration;

namespace Campaigns.Worker;

/// <summary>
/// The setting <c>PublicUrl</c>: the beginning of links in letters and packets, without a final
/// slash.
/// </summary>
public sealed record PublicAddress(string Url)
{
    /// <summary>
    /// Throws <see cref="StartRefusedException"/> if the setting is not a web address, because a
    /// letter with a dead link cannot be recalled.
    /// </summary>
    public static PublicAddress From(IConfiguration configuration)
    {
        var url = configuration["PublicUrl"];
        if (string.IsNullOrEmpty(url))
            url = "http://localhost:5080";
        return
            Uri.TryCreate(url, UriKind.Absolute, out var parsed)
            && parsed.Scheme is "http" or "https"
            && parsed.Query.Length == 0
            && parsed.Fragment.Length == 0
            ? new PublicAddress(parsed.AbsoluteUri.TrimEnd('/'))
            : throw new StartRefusedException("PublicUrl must be a web address such as https://petitions.example.org");
    }
}
