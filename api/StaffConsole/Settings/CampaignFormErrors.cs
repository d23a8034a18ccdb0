using System.Text.RegularExpressions;
using Campaigns.Api.StaffConsole.Parts;

namespace Campaigns.Api.StaffConsole.Settings;

/// <summary>
/// The sentences of a refusal at the fields of the form, which has one field for a list of
/// countries or origins.
/// </summary>
public sealed partial class CampaignFormErrors(Refusal? refusal, CampaignForm form)
    : RowFormErrors(refusal, path => Field(path, form))
{
    private static string Field(string path, CampaignForm form) =>
        TextPath().Match(path) is { Success: true } text
            ? TextField(form, CampaignForm.Texts, text)
            : ListElement().Replace(path, "$1");

    [GeneratedRegex(@"^texts\.(.*)\.(title|demand)$")]
    private static partial Regex TextPath();

    [GeneratedRegex(@"^(allowedOrigins|recipients\[[0-9]+\]\.countries)\[[0-9]+\]$")]
    private static partial Regex ListElement();
}
