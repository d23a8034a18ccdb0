using System.Text;
using System.Xml;
using Campaigns.Db.Campaigns;
using Campaigns.Worker;

namespace Campaigns.Api.Pages.Sharing;

/// <summary>
/// What search engines read. Only public addresses stand there: a rule against a private one would
/// name it. Pages with secrets say themselves that they are not to be listed.
/// </summary>
internal static class SearchEndpoints
{
    private const string Sitemap = "http://www.sitemaps.org/schemas/sitemap/0.9";
    private const string Xhtml = "http://www.w3.org/1999/xhtml";

    private static readonly XmlWriterSettings _settings = new() { Encoding = new UTF8Encoding(false), Indent = true };

    public static void MapSearch(this IEndpointRouteBuilder pages)
    {
        pages.MapPage("/robots.txt", ShowRobots);
        pages.MapPage("/sitemap.xml", ShowSitemapAsync);
    }

    private static IResult ShowRobots(PublicAddress site) =>
        Results.Text(
            $"User-agent: *\nDisallow: /api/\n\nSitemap: {site.Url}/sitemap.xml\n",
            "text/plain; charset=utf-8"
        );

    private static async Task<IResult> ShowSitemapAsync(CampaignStore campaigns, PublicAddress site)
    {
        var open = (await campaigns.ListAsync()).Where(campaign => campaign.IsListed).ToList();
        using var stream = new MemoryStream();
        using (var xml = XmlWriter.Create(stream, _settings))
        {
            xml.WriteStartElement("urlset", Sitemap);
            xml.WriteAttributeString("xmlns", "xhtml", null, Xhtml);
            Write(xml, $"{site.Url}/", Locales.Supported);
            foreach (var campaign in open)
                Write(xml, $"{site.Url}/c/{campaign.Slug}", PageAddresses.LocalesOf(campaign));
            xml.WriteEndElement();
        }
        return Results.Bytes(stream.ToArray(), "application/xml; charset=utf-8");
    }

    private static void Write(XmlWriter xml, string address, IReadOnlyList<string> locales)
    {
        xml.WriteStartElement("url", Sitemap);
        xml.WriteElementString("loc", Sitemap, address);
        foreach (var locale in locales)
        {
            xml.WriteStartElement("xhtml", "link", Xhtml);
            xml.WriteAttributeString("rel", "alternate");
            xml.WriteAttributeString("hreflang", locale);
            xml.WriteAttributeString("href", $"{address}?{PageLanguage.Key}={locale}");
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }
}
