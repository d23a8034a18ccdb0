namespace Campaigns.Api.Pages.Sharing;

/// <summary>The beginning of a text, for those who list a page.</summary>
internal static class PageSummary
{
    private const int Most = 160;

    /// <summary>As many whole words as fit, in one line.</summary>
    public static string Of(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= Most)
            return line;
        var end = line.LastIndexOf(' ', Most - 1);
        if (end <= 0)
            end = char.IsHighSurrogate(line[Most - 2]) ? Most - 2 : Most - 1;
        return line[..end].TrimEnd('.', ',', ';', ':', ' ') + "…";
    }
}
