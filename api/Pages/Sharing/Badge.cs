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
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{all}" height="{Height}" viewBox="0 0 {all} {Height}" role="img" aria-labelledby="title" xml:lang="{locale}">
            <title id="title">{SecurityElement.Escape(title)}</title>
            <rect width="{all}" height="{Height}" rx="6" fill="#0b5a5a"/>
            <path d="M{left} 0h{all - left - 6}a6 6 0 0 1 6 6v{Height - 12}a6 6 0 0 1 -6 6h-{all - left - 6}z" fill="#ffffff"/>
            <rect x=".5" y=".5" width="{all - 1}" height="{Height - 1}" rx="6" fill="none" stroke="#0b5a5a"/>
            <g font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif" font-size="13" font-weight="600">
            <text x="{Padding}" y="19" textLength="{labelWidth}" lengthAdjust="spacingAndGlyphs" fill="#ffffff">{SecurityElement.Escape(label)}</text>
            <text x="{left + Padding}" y="19" textLength="{numberWidth}" lengthAdjust="spacingAndGlyphs" fill="#0b5a5a">{SecurityElement.Escape(number)}</text>
            </g>
            </svg>
            """;
    }

    private static int Width(string text) =>
        (int)Math.Ceiling(StringInfo.ParseCombiningCharacters(text).Length * Letter);
}
