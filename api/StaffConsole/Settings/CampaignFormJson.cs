using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Campaigns.Api.Endpoints.Campaigns;
using Campaigns.Api.Http;

namespace Campaigns.Api.StaffConsole.Settings;

/// <summary>
/// Turns the form of a campaign into the JSON of the API, so that both have the same limits and
/// sentences. An empty field is null.
/// </summary>
internal static class CampaignFormJson
{
    private static readonly string[] _lines = ["organisation", "handOverOn", "timeZone"];

    private static readonly string[] _numbers = ["goal", "answerWithinDays", "eraseAfterDays"];

    private static readonly string[] _textLists = [CampaignForm.Texts, CampaignForm.Notices, CampaignForm.Shares];

    private static readonly char[] _separators = [' ', ',', ';', '\n', '\t'];

    /// <summary>Reads a new campaign.</summary>
    public static Outcome<CampaignDraft> ReadNew(CampaignForm form)
    {
        var body = Fields(form);
        body["slug"] = Text(form["slug"]);
        body[CampaignForm.Texts] = TextsOf(form);
        return Parse(form, body, CampaignRequestParser.ReadNew);
    }

    /// <summary>
    /// Reads a change of the campaign. <paramref name="withTexts"/> is false once texts only get
    /// new versions.
    /// </summary>
    public static Outcome<CampaignDraft> ReadChange(
        CampaignForm form,
        Campaign current,
        bool withTexts,
        JsonSerializerOptions json
    )
    {
        var body = Fields(form);
        RemoveMissing((JsonObject)body["privacyNotice"]!["texts"]!, current.PrivacyNotice.Texts.ByLocale.Keys);
        RemoveMissing((JsonObject)body["share"]!["text"]!, current.Share.Text.ByLocale.Keys);
        if (withTexts)
        {
            var texts = TextsOf(form);
            RemoveMissing(texts, current.Texts.Select(text => text.Locale));
            body[CampaignForm.Texts] = texts;
        }
        var now = JsonSerializer.SerializeToElement(StaffCampaignView.From(current, 0), json);
        return Parse(form, body, fields => CampaignRequestParser.ReadChange(fields.Over(now), current));
    }

    /// <summary>
    /// Reads a new version of the texts that differ from the current ones.
    /// </summary>
    public static Outcome<IReadOnlyList<DraftText>> ReadTexts(CampaignForm form, Campaign current)
    {
        var texts = TextsOf(form);
        foreach (var text in current.Texts)
            if (
                texts[text.Locale] is JsonObject typed
                && (string?)typed["title"] == text.Title
                && (string?)typed["demand"] == text.Demand
            )
                texts.Remove(text.Locale);
        return Parse(form, new JsonObject { [CampaignForm.Texts] = texts }, CampaignRequestParser.ReadTextsOnly);
    }

    private static Outcome<T> Parse<T>(CampaignForm form, JsonObject body, Func<JsonFields, Outcome<T>> read) =>
        _textLists.FirstOrDefault(form.RepeatsLocale) is { } list
            ? Refusal.Validation(list, "Each locale has one text.")
            : JsonBody.Parse(Encoding.UTF8.GetBytes(body.ToJsonString()), read);

    private static JsonObject Fields(CampaignForm form)
    {
        var body = new JsonObject
        {
            ["controller"] = new JsonObject
            {
                ["name"] = Text(form["controller.name"]),
                ["contact"] = Text(form["controller.contact"]),
            },
            ["privacyNotice"] = new JsonObject
            {
                ["version"] = Text(form["privacyNotice.version"]),
                ["text"] = Text(form["privacyNotice.text"]),
                ["texts"] = WordsOf(form, CampaignForm.Notices),
            },
            ["share"] = new JsonObject
            {
                ["text"] = WordsOf(form, CampaignForm.Shares),
                ["hashtags"] = List(form["share.hashtags"]),
            },
            ["opensAt"] = Moment(form["opensAt"]),
            ["closesAt"] = Moment(form["closesAt"]),
            ["sensitive"] = form.IsChecked("sensitive"),
            ["allowedOrigins"] = List(form["allowedOrigins"]),
            [CampaignForm.Countries] = new JsonArray([
                .. form.Rows(CampaignForm.Countries)
                    .Select(row => new JsonObject
                    {
                        ["country"] = Text(row.GetValueOrDefault("country")),
                        ["goal"] = Number(row.GetValueOrDefault("goal")),
                        ["locale"] = Text(row.GetValueOrDefault("locale")),
                    }),
            ]),
            [CampaignForm.Recipients] = new JsonArray([.. form.Rows(CampaignForm.Recipients).Select(RecipientOf)]),
        };
        foreach (var name in _lines)
            body[name] = Text(form[name]);
        foreach (var name in _numbers)
            body[name] = Number(form[name]);
        return body;
    }

    private static JsonObject RecipientOf(IReadOnlyDictionary<string, string> row) =>
        new()
        {
            ["key"] = Text(row.GetValueOrDefault("key")),
            ["name"] = Text(row.GetValueOrDefault("name")),
            ["names"] = NamesOf(row.GetValueOrDefault("names", "")),
            ["address"] = Text(row.GetValueOrDefault("address")),
            ["countries"] = ListOrNull(row.GetValueOrDefault("countries")),
            ["risk"] = Text(row.GetValueOrDefault("risk")),
            ["maxDisclosure"] = Text(row.GetValueOrDefault("maxDisclosure")),
            ["kind"] = Text(row.GetValueOrDefault("kind")),
            ["locale"] = Text(row.GetValueOrDefault("locale")),
            ["answerWithin"] = ObjectOrNull(
                ("days", Number(row.GetValueOrDefault("answerWithin.days"))),
                ("kind", Text(row.GetValueOrDefault("answerWithin.kind"))),
                ("holidays", Text(row.GetValueOrDefault("answerWithin.holidays")))
            ),
            ["profile"] = ObjectOrNull(
                ("noticeDays", Number(row.GetValueOrDefault("profile.noticeDays"))),
                ("admits", Number(row.GetValueOrDefault("profile.admits"))),
                ("media", ListOrNull(row.GetValueOrDefault("profile.media"))),
                ("weekdays", ListOrNull(row.GetValueOrDefault("profile.weekdays"))),
                ("note", Text(row.GetValueOrDefault("profile.note")))
            ),
        };

    // Lines such as "nl: Ambassade in Londen". A line without a locale is refused as a locale.
    private static JsonObject NamesOf(string lines)
    {
        var names = new JsonObject();
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = line.Split(':', 2, StringSplitOptions.TrimEntries);
            names[parts[0]] = parts.ElementAtOrDefault(1) ?? "";
        }
        return names;
    }

    // Empty text is refused, where null would remove it.
    private static JsonObject WordsOf(CampaignForm form, string list)
    {
        var words = new JsonObject();
        foreach (var row in form.Rows(list))
            words[row.GetValueOrDefault("locale", "").Trim()] = row.GetValueOrDefault("text", "").Trim();
        return words;
    }

    // In a merge patch null removes an entry.
    private static void RemoveMissing(JsonObject entries, IEnumerable<string> current)
    {
        foreach (var locale in current.Where(locale => !entries.ContainsKey(locale)))
            entries[locale] = null;
    }

    private static JsonObject? ObjectOrNull(params ReadOnlySpan<(string Name, JsonNode? Value)> fields)
    {
        var made = new JsonObject();
        foreach (var (name, value) in fields)
            if (value is not null)
                made[name] = value;
        return made.Count > 0 ? made : null;
    }

    private static JsonArray? ListOrNull(string? typed) => List(typed ?? "") is { Count: > 0 } list ? list : null;

    private static JsonObject TextsOf(CampaignForm form)
    {
        var texts = new JsonObject();
        foreach (var row in form.Rows(CampaignForm.Texts))
            texts[row.GetValueOrDefault("locale", "").Trim()] = new JsonObject
            {
                ["title"] = Text(row.GetValueOrDefault("title")),
                ["demand"] = Text(row.GetValueOrDefault("demand")),
            };
        return texts;
    }

    private static string? Text(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();

    // What is no number stays text, which the parser refuses with the name of the field.
    private static JsonNode? Number(string? typed) =>
        Text(typed) is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : text;

    private static JsonArray List(string typed) =>
        [.. typed.Split(_separators, StringSplitOptions.RemoveEmptyEntries).Select(item => (JsonNode)item)];

    private static string? Moment(string typed) =>
        Text(typed) is not { } text ? null
        : text.Length == "2019-05-17T09:00".Length ? text + ":00.000Z"
        : text.Length == "2019-05-17T09:00:00".Length ? text + ".000Z"
        : text.Length == "2019-05-17T09:00:00.000".Length ? text + "Z"
        : text;
}
