using System.Net;
using System.Text;
using Campaigns.Db.Timeline;

namespace Campaigns.Worker.Mail.Compose;

/// <summary>
/// The HTML part: one column, with inline styles because mail programs drop style sheets. It loads
/// no image and nothing remote, so opening a letter sends no request. The only style sheet is for
/// dark mode.
/// </summary>
public static class HtmlLetter
{
    private const string Ink = "#1c2321";
    private const string Accent = "#17573f";

    private const string SheetStyle =
        "max-width:560px;margin:0 auto;padding:28px 24px;border-radius:10px;background:#ffffff;" + $"color:{Ink};";

    private const string QuotationStyle =
        $"margin:0 0 20px;padding:4px 0 4px 16px;border-left:4px solid {Accent};font-size:18px;font-weight:600";

    private const string ButtonStyle =
        $"display:inline-block;padding:14px 24px;border-radius:8px;background:{Accent};"
        + "color:#ffffff;font-weight:600;text-decoration:none";

    private const string AddressStyle =
        "margin:0 0 20px;font-size:13px;color:#55605b;overflow-wrap:anywhere;word-break:break-all";

    /// <summary>A whole document.</summary>
    public static string Render(LetterText letter)
    {
        var html = new StringBuilder(
            $$"""
            <!DOCTYPE html>
            <html lang="{{letter.Locale}}" dir="ltr">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="supported-color-schemes" content="light dark">
            <title>{{Text(letter.Subject)}}</title>
            <style>
            :root { color-scheme: light dark; }
            @media (prefers-color-scheme: dark) {
              .page { background: #14181a !important; }
              .sheet { background: #1e2426 !important; color: #eceeec !important; }
              .soft { color: #b4bdb9 !important; }
              .quote { border-color: #7cc4a4 !important; }
              .button { background: #7cc4a4 !important; color: #0d1512 !important; }
              .link, .prose a { color: #9ad8bd !important; }
            }
            </style>
            </head>
            <body class="page" style="margin:0;padding:0;background:#f3f1ec">
            <div class="page" style="padding:24px 12px;background:#f3f1ec">
            <main class="sheet" style="{{SheetStyle}}
              font:16px/1.55 -apple-system,'Segoe UI',Roboto,'Noto Sans',Helvetica,Arial,sans-serif">

            """
        );
        foreach (var block in letter.Blocks)
            html.Append(Block(block));
        return html.Append("</main>\n</div>\n</body>\n</html>\n").ToString();
    }

    private static string Block(LetterBlock block) =>
        block switch
        {
            Heading heading =>
                $"<h1 style=\"margin:0 0 16px;font-size:24px;line-height:1.25\">{Text(heading.Text)}</h1>\n",
            Subheading heading =>
                $"<h2 style=\"margin:24px 0 8px;font-size:18px;line-height:1.3\">{Text(heading.Text)}</h2>\n",
            Prose prose => $"<div class=\"prose\" lang=\"{Text(prose.Locale)}\" dir=\"auto\"\n"
                + $" style=\"overflow-wrap:anywhere\">{Markdown.ToHtml(prose.Text)}</div>\n",
            LinkList links =>
                $"<ul style=\"margin:0 0 16px;padding-left:22px\">\n{string.Concat(links.Items.Select(Item))}</ul>\n",
            Paragraph paragraph => $"<p style=\"margin:0 0 16px\">{Text(paragraph.Text)}</p>\n",
            Quotation quotation => $"<blockquote class=\"quote\" lang=\"{Text(quotation.Locale)}\" dir=\"auto\"\n"
                + $" style=\"{QuotationStyle}\">{Text(quotation.Text)}</blockquote>\n",
            BulletList list =>
                $"<ul style=\"margin:0 0 16px;padding-left:22px\">\n{string.Concat(list.Items.Select(Item))}</ul>\n",
            Button button => $"<p style=\"margin:24px 0 8px\"><a class=\"button\" href=\"{Text(button.Link)}\"\n"
                + $" style=\"{ButtonStyle}\">{Text(button.Label)}</a></p>\n"
                + Address(button.Link),
            FallbackLink link => $"<p style=\"margin:24px 0 16px\">{Text(link.Text)}\n"
                + $"<a class=\"link\" href=\"{Text(link.Link)}\" style=\"color:{Accent}\">"
                + $"{Text(link.Label)}</a></p>\n",
            Note note =>
                $"<p class=\"soft\" style=\"margin:28px 0 0;font-size:14px;color:#55605b\">{Text(note.Text)}</p>\n",
            _ => throw new InvalidOperationException($"No HTML form for {block.GetType().Name}."),
        };

    private static string Item(string item) => $"<li style=\"margin:0 0 6px\">{Text(item)}</li>\n";

    private static string Item(ListedLink item) =>
        item.Link is null
            ? Item(item.Text)
            : $"<li style=\"margin:0 0 6px\"><a class=\"link\" href=\"{Text(item.Link)}\" style=\"color:{Accent}\""
                + $" rel=\"noopener nofollow\">{Text(item.Text)}</a></li>\n";

    // The address below the button lets a cautious reader see where the button leads.
    private static string Address(string link) => $"<p class=\"soft\" style=\"{AddressStyle}\">{Text(link)}</p>\n";

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
