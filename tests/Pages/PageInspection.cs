using System.Text.Json;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages;

/// <summary>
/// Looks at a page in light and dark mode and at three widths: what axe-core reports, and what
/// needs horizontal scrolling.
/// </summary>
internal static class PageInspection
{
    private const string Run = """
        async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
            .map(v => v.id + ': ' + v.nodes.map(n => n.html + ' ' + n.failureSummary).join(' | '))
        """;
    private const string Overflow = """
        () => document.documentElement.scrollWidth > document.documentElement.clientWidth
            ? [...document.querySelectorAll('body *')]
                .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
                .map(e => e.outerHTML.slice(0, 120))
            : []
        """;

    private static readonly string _axe = ReadAxe();

    /// <summary>Opens all details first; leaves the page on the narrowest phone.</summary>
    public static async Task<IReadOnlyList<string>> FindViolationsAsync(IPage page, string what)
    {
        var found = new List<string>();
        await page.EvaluateAsync(
            "() => document.querySelectorAll('details').forEach(details => details.open = true)"
        );
        await page.EvaluateAsync(_axe);
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            var violations = await page.EvaluateAsync<JsonElement>(Run);
            found.AddRange(violations.EnumerateArray().Select(violation => $"{what} ({scheme}): {violation}"));
        }
        foreach (var width in (int[])[320, 768, 1280])
        {
            await page.SetViewportSizeAsync(width, 800);
            var wide = await page.EvaluateAsync<JsonElement>(Overflow);
            found.AddRange(wide.EnumerateArray().Select(element => $"{what} at {width}: {element}"));
        }
        await page.SetViewportSizeAsync(320, 800);
        return found;
    }

    private static string ReadAxe()
    {
        using var stream = typeof(PageInspection).Assembly.GetManifestResourceStream("axe.min.js")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
