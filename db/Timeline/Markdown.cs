using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Campaigns.Db.Timeline;

/// <summary>
/// Markdown of staff as HTML, by the library Markdig. Only this file uses it. HTML in the text is
/// shown as text. A link stays only with <c>http</c>, <c>https</c> or <c>mailto</c>; Markdig itself
/// lets <c>javascript:</c> through. A picture becomes a link, because readers load nothing from
/// elsewhere.
/// </summary>
public static class Markdown
{
    // The page has its title, the timeline and the entry as headings before these.
    private const int Heading = 4;

    private static readonly string[] _schemes = ["http", "https", "mailto"];

    private static readonly MarkdownPipeline _pipeline = new MarkdownPipelineBuilder().DisableHtml().Build();

    /// <summary>
    /// True if the text can be shown. Markdig refuses text that is nested too deeply.
    /// </summary>
    public static bool IsReadable(string text)
    {
        try
        {
            ToHtml(text);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>HTML that is safe in a page.</summary>
    public static string ToHtml(string text)
    {
        var document = Markdig.Markdown.Parse(text, _pipeline);
        foreach (var heading in document.Descendants<HeadingBlock>())
            heading.Level = Heading;
        foreach (var link in document.Descendants<AutolinkInline>().ToList())
            if (IsAllowed(link.IsEmail ? "mailto:" + link.Url : link.Url))
                SetRelation(link);
            else
                link.ReplaceBy(new LiteralInline(link.Url));
        foreach (var link in document.Descendants<LinkInline>().ToList())
            if (IsAllowed(link.Url))
            {
                link.IsImage = false;
                SetRelation(link);
            }
            else
                link.ReplaceBy(new ContainerInline(), copyChildren: true);
        return document.ToHtml(_pipeline);
    }

    private static bool IsAllowed(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && _schemes.Contains(uri.Scheme);

    private static void SetRelation(MarkdownObject link) =>
        link.GetAttributes().AddProperty("rel", "noopener nofollow");
}
