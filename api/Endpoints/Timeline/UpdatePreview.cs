using System.Net;
using Campaigns.Db.Timeline;
using Campaigns.Timeline;

namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>An update as a reader of one language gets it, as HTML or as text.</summary>
internal sealed class UpdatePreview(UpdateDraft update, string locale, Campaign campaign)
{
    private readonly UpdateText _text = update.Text(locale, campaign.Texts[0].Locale);
    private readonly TimelineWords _words = new(Locales.Nearest(locale));

    public string ToText()
    {
        List<string> lines = [_text.Title, "", _text.Text];
        if (update.Figures.Count > 0)
            lines.AddRange(["", _words.Say("Figures"), .. update.Figures.Select(figure => $"- {Describe(figure)}")]);
        if (update.Sources.Count > 0)
            lines.AddRange(["", _words.Say("Sources"), .. update.Sources.SelectMany(LinesOf)]);
        if (update.Origin is { } origin)
            lines.AddRange(["", _words.Say("Origin", origin.Publisher)]);
        return string.Join('\n', lines) + "\n";
    }

    public string ToHtml()
    {
        List<string> lines =
        [
            "<!DOCTYPE html>",
            $"<html lang=\"{Encode(_text.Locale)}\">",
            "<meta charset=\"utf-8\">",
            $"<title>{Encode(_text.Title)}</title>",
            $"<h1>{Encode(_text.Title)}</h1>",
            Markdown.ToHtml(_text.Text),
        ];
        if (update.Figures.Count > 0)
            lines.AddRange(ListOf("Figures", update.Figures.Select(figure => Encode(Describe(figure)))));
        if (update.Sources.Count > 0)
            lines.AddRange(
                ListOf(
                    "Sources",
                    update.Sources.Select(source => $"{LinkTo(source)} ({Encode(_words.Details(source))})")
                )
            );
        if (update.Origin is { } origin)
            lines.Add($"<p>{Encode(_words.Say("Origin", origin.Publisher))}</p>");
        lines.Add("</html>");
        return string.Join('\n', lines) + "\n";
    }

    private List<string> ListOf(string heading, IEnumerable<string> items) =>
        [$"<h2>{Encode(_words.Say(heading))}</h2>", "<ul>", .. items.Select(item => $"<li>{item}</li>"), "</ul>"];

    private IEnumerable<string> LinesOf(Source source)
    {
        yield return $"- {source.Title} ({_words.Details(source)})";
        if (source.Url is not null)
            yield return $"  {source.Url}";
    }

    private string Describe(Figure figure) =>
        $"{figure.Label}: {_words.Value(figure)} ({_words.Say("Figure.AsOf")} {_words.Date(figure.AsOf)})";

    private static string LinkTo(Source source) =>
        source.Url is null
            ? Encode(source.Title)
            : $"<a href=\"{Encode(source.Url)}\" rel=\"noopener nofollow\">{Encode(source.Title)}</a>";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
