using System.Text;
using System.Xml;

namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>The timeline of a campaign as an Atom feed (RFC 4287).</summary>
internal static class TimelineFeed
{
    public const string MediaType = "application/atom+xml";

    private const string Atom = "http://www.w3.org/2005/Atom";
    private const string Xml = "http://www.w3.org/XML/1998/namespace";

    private static readonly XmlWriterSettings _settings = new() { Encoding = new UTF8Encoding(false), Indent = true };

    /// <param name="campaign">The campaign.</param>
    /// <param name="timeline">Its timeline in the language of <paramref name="words"/>.</param>
    /// <param name="words">The language.</param>
    /// <param name="site">The beginning of addresses on this site.</param>
    public static byte[] Write(Campaign campaign, CampaignTimeline timeline, TimelineWords words, string site)
    {
        var page = $"{site}/c/{campaign.Slug}";
        var feed = $"{page}/feed.atom?lang={words.Locale}";
        var title = campaign.Text(words.Locale);
        var items = timeline.Items.Take(CampaignTimeline.PageLength).ToList();
        using var stream = new MemoryStream();
        using (var xml = XmlWriter.Create(stream, _settings))
        {
            xml.WriteStartElement("feed", Atom);
            xml.WriteAttributeString("xml", "lang", Xml, words.Locale);
            xml.WriteElementString("id", Atom, feed);
            WriteText(xml, "title", title.Locale, title.Title);
            xml.WriteElementString(
                "updated",
                Atom,
                Instant.Text(items.Select(item => item.UpdatedAt).Append(campaign.OpensAt ?? default).Max())
            );
            WriteLink(xml, "self", feed, MediaType);
            WriteLink(xml, "alternate", $"{page}?lang={words.Locale}", "text/html");
            xml.WriteStartElement("author", Atom);
            xml.WriteElementString("name", Atom, campaign.Organisation);
            xml.WriteEndElement();
            foreach (var item in items)
                WriteEntry(xml, item, words, $"{page}/timeline?lang={words.Locale}#{item.Anchor}");
            xml.WriteEndElement();
        }
        return stream.ToArray();
    }

    private static void WriteEntry(XmlWriter xml, TimelineItem item, TimelineWords words, string address)
    {
        xml.WriteStartElement("entry", Atom);
        xml.WriteElementString("id", Atom, address);
        WriteText(xml, "title", item.Locale, item.Title);
        xml.WriteElementString("updated", Atom, Instant.Text(item.UpdatedAt));
        xml.WriteElementString("published", Atom, $"{Instant.Text(item.On)}T00:00:00Z");
        WriteLink(xml, "alternate", address, "text/html");
        xml.WriteStartElement("category", Atom);
        xml.WriteAttributeString("term", item.Kind);
        xml.WriteAttributeString("label", words.Say("Kind." + item.Kind));
        xml.WriteEndElement();
        xml.WriteStartElement("content", Atom);
        xml.WriteAttributeString("xml", "lang", Xml, item.Locale);
        xml.WriteAttributeString("type", item.Html is null ? "text" : "html");
        xml.WriteString(item.Html ?? item.Text ?? item.Title);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteText(XmlWriter xml, string name, string locale, string text)
    {
        xml.WriteStartElement(name, Atom);
        xml.WriteAttributeString("xml", "lang", Xml, locale);
        xml.WriteString(text);
        xml.WriteEndElement();
    }

    private static void WriteLink(XmlWriter xml, string relation, string address, string type)
    {
        xml.WriteStartElement("link", Atom);
        xml.WriteAttributeString("rel", relation);
        xml.WriteAttributeString("type", type);
        xml.WriteAttributeString("href", address);
        xml.WriteEndElement();
    }
}
