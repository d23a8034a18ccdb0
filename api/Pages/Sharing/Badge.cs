using System.Globalization;
using System.Security;

namespace Campaigns.Api.Pages.Sharing;

/// <summary>
/// The count of a campaign as a small picture for other sites. It has a title for those who do not
/// see it, and neither script nor style.
/// </summary>
internal static class Badge
{
    private const int Height = 28;
    private const int Padding = 10;

    // A picture cannot measure its text, so each text is set to the width that is reserved for it.
    private const double Letter = 7.2;

    /// <param name="locale">The language of the words.</param>
    /// <param name="title">What the picture says in words.</param>
    /// <param name="label">The word beside the number.</param>
    /// <param name="number">The number as it is written in the language.</param>
    public static string Write(string locale, string title, string label, string number)
    {
        var (labelWidth, numberWidth) = (Width(label), Width(number));
        var left = labelWidth + (2 * Padding);
        var all = left + numberWidth + (2 * Padding);
        var size = $"width=\"{all}\" height=\"{Height}\"";
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {all} {Height}"
              role="img" aria-labelledby="title" xml:lang="{locale}">
            <title id="title">{SecurityElement.Escape(title)}</title>
            <rect {size} rx="6" fill="#0b5a5a"/>
            <path fill="#ffffff"
              d="M{left} 0h{all - left - 6}a6 6 0 0 1 6 6v{Height - 12}a6 6 0 0 1 -6 6h-{all - left - 6}z"/>
            <rect x=".5" y=".5" width="{all - 1}" height="{Height - 1}" rx="6" fill="none" stroke="#0b5a5a"/>
            <g font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
              font-size="13" font-weight="600">
            {Text(label, Padding, labelWidth, "#ffffff")}
            {Text(number, left + Padding, numberWidth, "#0b5a5a")}
            </g>
            </svg>
            """;
    }

    private static string Text(string words, int x, int width, string colour) =>
        $"<text x=\"{x}\" y=\"19\" textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{colour}\">"
        + $"{SecurityElement.Escape(words)}</text>";

    private static int Width(string text) =>
        (int)Math.Ceiling(StringInfo.ParseCombiningCharacters(text).Length * Letter);
}
