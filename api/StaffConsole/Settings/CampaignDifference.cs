namespace Campaigns.Api.StaffConsole.Settings;

/// <summary>
/// A part that another member changed since the form was opened, or that only this form changes.
/// </summary>
/// <param name="Part">A field, or a list with all its rows.</param>
/// <param name="Theirs">As it is stored now, in lines.</param>
/// <param name="Yours">As it was typed.</param>
public sealed record CampaignDifference(string Part, string Theirs, string Yours)
{
    private static readonly string[] _parts =
    [
        "organisation",
        "controller.name",
        "controller.contact",
        "privacyNotice.version",
        "privacyNotice.text",
        "goal",
        "opensAt",
        "closesAt",
        "handOverOn",
        "answerWithinDays",
        "eraseAfterDays",
        "sensitive",
        "timeZone",
        "allowedOrigins",
        CampaignForm.Texts,
        CampaignForm.Countries,
        CampaignForm.Recipients,
        CampaignForm.Notices,
        CampaignForm.Shares,
        "share.hashtags",
    ];

    /// <summary>The parts in which two forms differ, in the order of the form.</summary>
    public static IReadOnlyList<CampaignDifference> Find(CampaignForm theirs, CampaignForm yours, bool withTexts) =>
        [
            .. _parts
                .Where(part => withTexts || part != CampaignForm.Texts)
                .Select(part => new CampaignDifference(part, Lines(theirs, part), Lines(yours, part)))
                .Where(difference => difference.Theirs != difference.Yours),
        ];

    private static string Lines(CampaignForm form, string part) =>
        form.IsList(part) ? string.Join('\n', form.Rows(part).Select(Line)) : form[part].Trim();

    // Empty fields are left out: a row that was never touched lacks them.
    private static string Line(IReadOnlyDictionary<string, string> row) =>
        string.Join(
            " · ",
            row.Where(field => field.Value.Length > 0)
                .OrderBy(field => field.Key, StringComparer.Ordinal)
                .Select(field => field.Value.Trim())
        );
}
