using System.Text;

namespace Campaigns.Api.Pages.Sharing;

/// <summary>What a person says when they pass a campaign on, and where.</summary>
/// <param name="Title">The title of the petition.</param>
/// <param name="Text">The campaign's sentence, or its title, with its hashtags.</param>
/// <param name="Url">The public address of the campaign, without a language and without a
/// code.</param>
public sealed record ShareTarget(string Title, string Text, string Url)
{
    private const int LongestServer = 253;

    public static ShareTarget Of(Campaign campaign, string locale, string site)
    {
        var title = campaign.Text(locale).Title;
        var text = new StringBuilder(campaign.Share.Text.Find(locale)?.Words ?? title);
        foreach (var word in campaign.Share.Hashtags)
            text.Append(" #").Append(word);
        return new ShareTarget(title, text.ToString(), $"{site}/c/{campaign.Slug}");
    }

    public string Mail =>
        $"mailto:?subject={Uri.EscapeDataString(Title)}&body={Uri.EscapeDataString($"{Text}\n\n{Url}")}";

    public string WhatsApp => $"https://wa.me/?text={Uri.EscapeDataString($"{Text} {Url}")}";

    /// <summary>
    /// The address at a Mastodon server that opens a post there; null for what is no server's name.
    /// A whole address is taken too. An account (<c>@me@server</c>) is not, because the form's
    /// address would keep it.
    /// </summary>
    public string? Mastodon(string typed)
    {
        var name = typed.Trim();
        if (name.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0)
            name = name[(scheme + 3)..];
        name = name.TrimEnd('/');
        var words = Uri.EscapeDataString($"{Text} {Url}");
        return
            name.Length is > 0 and <= LongestServer
            && name.Contains('.', StringComparison.Ordinal)
            && Uri.CheckHostName(name) == UriHostNameType.Dns
            && Uri.TryCreate($"https://{name}/share?text={words}", UriKind.Absolute, out var post)
            ? post.AbsoluteUri
            : null;
    }
}
