using Campaigns.Signatures;

namespace Campaigns.Api.Http;

/// <summary>Reads what staff wrote for others to read: lines and paragraphs.</summary>
internal static class TextFields
{
    /// <summary>
    /// One line of text; null when missing or invalid. An invalid line adds an error.
    /// </summary>
    public static string? Line(this JsonFields fields, string name, int most) =>
        fields.String(name) is { } typed ? ValueOrError(fields, name, CampaignFields.Line(typed, most)) : null;

    /// <inheritdoc cref="CampaignFields.Prose"/>
    public static string? Prose(this JsonFields fields, string name, int most) =>
        fields.String(name) is { } typed ? ValueOrError(fields, name, CampaignFields.Prose(typed, most)) : null;

    /// <inheritdoc cref="CampaignFields.Address"/>
    public static string? Address(this JsonFields fields, string name) =>
        fields.String(name) is { } typed ? ValueOrError(fields, name, CampaignFields.Address(typed)) : null;

    private static string? ValueOrError(JsonFields fields, string name, Canonical canonical)
    {
        if (canonical.Problem is not null)
            fields.Errors.Add(fields.Path(name), canonical.Problem);
        return canonical.Value;
    }
}
