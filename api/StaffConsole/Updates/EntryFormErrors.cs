using System.Text.RegularExpressions;
using Campaigns.Api.StaffConsole.Parts;

namespace Campaigns.Api.StaffConsole.Updates;

/// <summary>The sentences of a refusal at the fields of the form.</summary>
public sealed partial class EntryFormErrors(Refusal? refusal, EntryForm form)
    : RowFormErrors(refusal, path => Field(path, form))
{
    private static string Field(string path, EntryForm form) =>
        TextPath().Match(path) is { Success: true } text
            ? TextField(form, EntryForm.Texts, text.Groups[1].Value, text.Groups[2].Value)
        : path == "origin" ? "origin.publisher"
        : path;

    [GeneratedRegex(@"^texts\.(.*)\.(title|text)$")]
    private static partial Regex TextPath();
}
