using System.Text.RegularExpressions;
using Campaigns.Api.StaffConsole.Parts;

namespace Campaigns.Api.StaffConsole.Settings;

/// <summary>
/// The sentences of a refusal at the fields of the form, which has one field for a list of
/// countries, origins or names, and rows for words by locale.
/// </summary>
public sealed partial class CampaignFormErrors(Refusal? refusal, CampaignForm form)
    : RowFormErrors(refusal, path => Field(path, form))
{
    private static string Field(string path, CampaignForm form) =>
        TextPath().Match(path) is { Success: true } text
            ? TextField(form, CampaignForm.Texts, text.Groups[1].Value, text.Groups[2].Value)
        : NoticePath().Match(path) is { Success: true } notice ? WordsField(form, CampaignForm.Notices, notice)
        : SharePath().Match(path) is { Success: true } share ? WordsField(form, CampaignForm.Shares, share)
        : ListElement().Replace(path, "$1");

    private static string WordsField(CampaignForm form, string list, Match path) =>
        TextField(form, list, path.Groups[1].Value, "text");

    [GeneratedRegex(@"^texts\.(.*)\.(title|demand)$")]
    private static partial Regex TextPath();

    [GeneratedRegex(@"^privacyNotice\.texts(?:\.(.*))?$")]
    private static partial Regex NoticePath();

    [GeneratedRegex(@"^share\.text(?:\.(.*))?$")]
    private static partial Regex SharePath();

    [GeneratedRegex(
        @"^(allowedOrigins|share\.hashtags|recipients\[[0-9]+\]\.(?:countries|names|profile\.[a-z]+))(\[[0-9]+\]|\..*)$"
    )]
    private static partial Regex ListElement();
}
