namespace Campaigns.Api.Http;

/// <summary>Reads what staff wrote for others to read: lines and paragraphs.</summary>
internal static class TextFields
{
    /// <summary>
    /// One line of text; null when missing or invalid. An invalid line adds an error.
    /// </summary>
    public static string? Line(this JsonFields fields, string name, int most) =>
        fields.String(name) is { } typed
            ? fields.Errors.ValueOf(CampaignFields.Line(typed, most), fields.Path(name))
            : null;

    /// <inheritdoc cref="CampaignFields.Prose"/>
    public static string? Prose(this JsonFields fields, string name, int most) =>
        fields.String(name) is { } typed
            ? fields.Errors.ValueOf(CampaignFields.Prose(typed, most), fields.Path(name))
            : null;

    /// <inheritdoc cref="CampaignFields.Address"/>
    public static string? Address(this JsonFields fields, string name) =>
        fields.String(name) is { } typed
            ? fields.Errors.ValueOf(CampaignFields.Address(typed), fields.Path(name))
            : null;
}
