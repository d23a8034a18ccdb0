using System.Globalization;
using System.Text;
using Campaigns.Signatures;

namespace Campaigns.Api.Http;

/// <summary>Reads what staff wrote for others to read: lines and paragraphs.</summary>
internal static class TextFields
{
    /// <summary>
    /// One line of text; null when missing or invalid. An invalid line adds an error.
    /// </summary>
    public static string? Line(this JsonFields fields, string name, int most)
    {
        if (fields.String(name) is not { } typed)
            return null;
        var prose = Canonical(fields, name, typed, most);
        if (prose is null)
            return null;
        if (!prose.Any(char.IsControl))
            return prose;
        fields.Errors.Add(fields.Path(name), "This must be one line without control characters.");
        return null;
    }

    /// <summary>
    /// Text with paragraphs, normalised to NFC and LF line ends, because its hash is signed.
    /// </summary>
    public static string? Prose(this JsonFields fields, string name, int most)
    {
        if (fields.String(name) is not { } typed)
            return null;
        var prose = Canonical(
            fields,
            name,
            typed.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'),
            most
        );
        if (prose is null || !prose.Any(c => char.IsControl(c) && c != '\n'))
            return prose;
        fields.Errors.Add(fields.Path(name), "This must not have control characters.");
        return null;
    }

    private static string? Canonical(JsonFields fields, string name, string typed, int most)
    {
        string? problem = null;
        if (PlainText.HasLoneSurrogate(typed))
            problem = "This contains half a character.";
        else if (typed.EnumerateRunes().Any(PlainText.IsNoncharacter))
            problem = "This contains a code that is not a character.";
        else if (string.IsNullOrWhiteSpace(typed))
            problem = "This must not be empty.";
        else if (typed.Length > most)
            problem = string.Create(CultureInfo.InvariantCulture, $"This is longer than {most} characters.");
        if (problem is null)
            return typed.Normalize(NormalizationForm.FormC).Trim();
        fields.Errors.Add(fields.Path(name), problem);
        return null;
    }
}
