using System.Globalization;
using Campaigns.Api.Http;
using Campaigns.Packets;

namespace Campaigns.Api.Endpoints.Campaigns;

/// <summary>
/// Reads what a recipient is and how it receives. A missing field keeps what the recipient has,
/// because clients that do not know it send the other fields of every recipient; null clears it.
/// </summary>
internal static class RecipientFields
{
    public static string? ReadKind(JsonFields recipient, Recipient? known) =>
        ReadChoice(recipient, "kind", RecipientKind.All, known?.Kind);

    public static string? ReadLocale(JsonFields recipient, Recipient? known) =>
        ReadChoice(recipient, "locale", PacketRules.Languages, known?.Locale);

    public static RecipientProfile? ReadProfile(JsonFields recipient, Recipient? known)
    {
        const string Name = "profile";
        if (recipient.Object(Name) is not { } fields)
            return recipient.IsNull(Name) ? null : known?.Profile;
        fields.Only("noticeDays", "admits", "media", "weekdays", "note");
        var profile = new RecipientProfile(
            fields.Integer("noticeDays", 1, RecipientProfile.MostNoticeDays),
            fields.Integer("admits", 1, RecipientProfile.MostAdmitted),
            ReadChoices(fields, "media", RecipientProfile.AllMedia),
            ReadChoices(fields, "weekdays", RecipientProfile.AllWeekdays),
            fields.Prose("note", RecipientProfile.NoteLength)
        );
        return profile.IsEmpty ? null : profile;
    }

    private static string? ReadChoice(JsonFields fields, string name, IReadOnlyList<string> choices, string? known)
    {
        if (fields.String(name) is not { } chosen)
            return fields.IsNull(name) ? null : known;
        if (!choices.Contains(chosen))
            fields.Errors.Add(fields.Path(name), OneOf(choices));
        return chosen;
    }

    // In the order of the choices, each once.
    private static List<string>? ReadChoices(JsonFields fields, string name, IReadOnlyList<string> choices)
    {
        if (fields.Strings(name, choices.Count) is not { } chosen)
            return null;
        foreach (var (index, word) in chosen.Index())
            if (!choices.Contains(word))
                fields.Errors.Add(
                    string.Create(CultureInfo.InvariantCulture, $"{fields.Path(name)}[{index}]"),
                    OneOf(choices)
                );
        if (chosen.Count == 0 && !fields.Errors.Has(fields.Path(name)))
            fields.Errors.Add(fields.Path(name), "Name at least one, or null for all.");
        return [.. choices.Where(chosen.Contains)];
    }

    private static string OneOf(IReadOnlyList<string> choices) => $"Choose one of {string.Join(", ", choices)}.";
}
