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
        // The form has one field for the notice: a new version of it would have the old words in other languages.
        if (
            !current.PrivacyNotice.Texts.IsEmpty
            && form["privacyNotice.version"].Trim() != current.PrivacyNotice.Version
        )
            return Refusal.Validation(
                "privacyNotice.version",
                "This notice has a text for each language. Change it through the API."
            );
        var body = Fields(form);
        if (withTexts)
        {
            var texts = TextsOf(form);
            // In a merge patch null removes an entry.
            foreach (var text in current.Texts.Where(text => !texts.ContainsKey(text.Locale)))
                texts[text.Locale] = null;
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
        form.RepeatsLocale(CampaignForm.Texts)
            ? Refusal.Validation(CampaignForm.Texts, "Each locale has one text.")
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
            [CampaignForm.Recipients] = new JsonArray([
                .. form.Rows(CampaignForm.Recipients)
                    .Select(row => new JsonObject
                    {
                        ["key"] = Text(row.GetValueOrDefault("key")),
                        ["name"] = Text(row.GetValueOrDefault("name")),
                        ["address"] = Text(row.GetValueOrDefault("address")),
                        ["countries"] = List(row.GetValueOrDefault("countries", "")) is { Count: > 0 } own ? own : null,
                        ["risk"] = Text(row.GetValueOrDefault("risk")),
                        ["maxDisclosure"] = Text(row.GetValueOrDefault("maxDisclosure")),
                    }),
            ]),
        };
        foreach (var name in _lines)
            body[name] = Text(form[name]);
        foreach (var name in _numbers)
            body[name] = Number(form[name]);
        return body;
    }

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
