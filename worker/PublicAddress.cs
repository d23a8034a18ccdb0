using Campaigns.Db;
using Microsoft.Extensions.Configuration;

namespace Campaigns.Worker;

/// <summary>
/// The setting <c>PublicUrl</c>: the beginning of links in letters, packets and pages, without a
/// final slash. It may have a path.
/// </summary>
public sealed record PublicAddress(string Url)
{
    /// <summary>
    /// The path of the address, such as <c>/petitions</c>, escaped as in a link; empty without one.
    /// </summary>
    public string Path => new Uri(Url).AbsolutePath.TrimEnd('/');

    /// <summary>
    /// Throws <see cref="StartRefusedException"/> if the setting is not the beginning of a link,
    /// because a letter with a dead link cannot be recalled. The message never quotes the setting,
    /// which may contain a password.
    /// </summary>
    public static PublicAddress From(IConfiguration configuration)
    {
        var url = configuration["PublicUrl"];
        if (string.IsNullOrEmpty(url))
            url = "http://localhost:5080";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https"))
            throw new StartRefusedException("PublicUrl must be a web address such as https://petitions.example.org");
        if (parsed.UserInfo.Length > 0)
            throw new StartRefusedException(
                "PublicUrl must not have a user or a password, because every link would show them."
            );
        if (parsed.Query.Length > 0 || parsed.Fragment.Length > 0)
            throw new StartRefusedException(
                "PublicUrl must not have a query or a fragment, because links continue after its path."
            );
        return parsed.AbsolutePath.Contains("//", StringComparison.Ordinal)
            ? throw new StartRefusedException("PublicUrl must not have an empty part in its path.")
            : new PublicAddress(parsed.AbsoluteUri.TrimEnd('/'));
    }
}
