using System.Globalization;
using System.Text.RegularExpressions;
using Campaigns.Api.Http;

namespace Campaigns.Api.Endpoints.Campaigns;

/// <summary>
/// Reads and checks the fields of a campaign from staff.
/// </summary>
internal static partial class CampaignRequestParser
{
    private const int MostTexts = 50;
    private const int MostRecipients = 200;

    private static readonly string[] _fields =
    [
        "slug",
        "organisation",
        "controller",
        "privacyNotice",
        "texts",
        "goal",
        "countries",
        "recipients",
        "opensAt",
        "closesAt",
        "handOverOn",
        "answerWithinDays",
        "eraseAfterDays",
        "sensitive",
        "allowedOrigins",
    ];

    // What staff read of a campaign and may send back with a change.
    private static readonly string[] _fieldsOfChange = [.. _fields, "state", "confirmed", "eraseOn"];

    /// <summary>Reads a new campaign.</summary>
    public static Outcome<CampaignDraft> ReadNew(JsonFields fields) => Read(fields.Only(_fields), current: null);

    /// <summary>
    /// Reads a change: <paramref name="fields"/> are a merge patch of the current campaign as staff
    /// read it.
    /// </summary>
    public static Outcome<CampaignDraft> ReadChange(JsonFields fields, Campaign current) =>
        Read(fields.Only(_fieldsOfChange), current);

    private static Outcome<CampaignDraft> Read(JsonFields fields, Campaign? current)
    {
        var errors = fields.Errors;
        var draft = new CampaignDraft
        {
            Slug = ReadSlug(fields),
            Organisation = fields.Line("organisation", 200) ?? Missing<string>(fields, "organisation") ?? "",
            Controller = ReadController(fields) ?? Missing<Controller>(fields, "controller") ?? new Controller("", ""),
            PrivacyNotice = ReadNotice(fields)
                ?? Missing<PrivacyNotice>(fields, "privacyNotice")
                ?? new PrivacyNotice("", ""),
            Texts = ReadTexts(fields) ?? Missing<List<DraftText>>(fields, "texts") ?? [],
            Goal = fields.Integer("goal", 1, 1_000_000_000) ?? Missing<int?>(fields, "goal") ?? 0,
            Countries = ReadCountries(fields) ?? [],
            Recipients = ReadRecipients(fields) ?? [],
            OpensAt = fields.Moment("opensAt"),
            ClosesAt = fields.Moment("closesAt"),
            HandOverOn = fields.Date("handOverOn"),
            AnswerWithinDays = fields.Integer("answerWithinDays", 1, 3650),
            EraseAfterDays = fields.Integer("eraseAfterDays", 0, 3650),
            Sensitive = fields.Boolean("sensitive") ?? false,
            AllowedOrigins = ReadOrigins(fields) ?? [],
        };
        if (draft.OpensAt >= draft.ClosesAt && !errors.Has("closesAt"))
            errors.Add("closesAt", "A campaign closes after it opens.");
        if (current is not null && draft.Slug != current.Slug && !errors.Has("slug"))
            errors.Add("slug", "The slug of a campaign cannot be changed.");
        if (current is not null && fields.String("state") != current.State && !errors.Has("state"))
            errors.Add("state", "The state is changed at its own addresses: open, close and archive.");
        return errors.ToRefusal() is { } refusal ? refusal : draft;
    }

    /// <summary>Reads the texts of a body that has only texts.</summary>
    public static Outcome<IReadOnlyList<DraftText>> ReadTextsOnly(JsonFields fields)
    {
        var texts = ReadTexts(fields.Only("texts")) ?? Missing<List<DraftText>>(fields, "texts");
        return fields.Errors.ToRefusal() is { } refusal ? refusal : new Outcome<IReadOnlyList<DraftText>>(texts, null);
    }

    private static string ReadSlug(JsonFields fields)
    {
        var slug = fields.String("slug");
        if (slug is null || !Slug().IsMatch(slug))
        {
            if (!fields.Errors.Has("slug"))
                fields.Errors.Add("slug", "A slug has 3 to 60 characters of a-z, 0-9 and hyphen.");
        }
        return slug ?? "";
    }

    private static Controller? ReadController(JsonFields fields) =>
        fields.Object("controller")?.Only("name", "contact") is { } controller
            ? new Controller(
                controller.Line("name", 200) ?? Missing<string>(controller, "name") ?? "",
                controller.Line("contact", 300) ?? Missing<string>(controller, "contact") ?? ""
            )
            : null;

    private static PrivacyNotice? ReadNotice(JsonFields fields) =>
        fields.Object("privacyNotice")?.Only("version", "text") is { } notice
            ? new PrivacyNotice(
                notice.Line("version", 40) ?? Missing<string>(notice, "version") ?? "",
                notice.Prose("text", 20_000) ?? Missing<string>(notice, "text") ?? ""
            )
            : null;

    private static List<DraftText>? ReadTexts(JsonFields fields)
    {
        var errorsBefore = fields.Errors.Count;
        if (fields.Entries("texts", MostTexts) is not { } entries)
            return null;
        if (entries.Count == 0 && fields.Errors.Count == errorsBefore)
            fields.Errors.Add("texts", "A campaign has at least one text.");
        var texts = new List<DraftText>();
        foreach (var (locale, text) in entries)
        {
            // Version and hash are computed; a text may be sent as it was read.
            text.Only("title", "demand", "version", "hash");
            if (!Locale().IsMatch(locale))
                fields.Errors.Add(fields.Path("texts"), "A locale looks like en, nb or pt-BR.");
            texts.Add(
                new DraftText(
                    locale,
                    text.Line("title", 200) ?? Missing<string>(text, "title") ?? "",
                    text.Prose("demand", 10_000) ?? Missing<string>(text, "demand") ?? ""
                )
            );
        }
        if (texts.Select(text => text.Locale).Distinct().Count() < texts.Count)
            fields.Errors.Add("texts", "Each locale has one text.");
        return texts;
    }

    private static List<CampaignCountry>? ReadCountries(JsonFields fields)
    {
        if (fields.Objects("countries", Country.Codes.Count) is not { } items)
            return null;
        var countries = items
            .Select(item => item.Only("country", "goal", "locale"))
            .Select(item => new CampaignCountry(
                CountryCode(item, "country") ?? "",
                item.Integer("goal", 1, 1_000_000_000) ?? Missing<int?>(item, "goal") ?? 0,
                LocaleOf(item)
            ))
            .ToList();
        if (countries.Select(country => country.Country).Distinct().Count() < countries.Count)
            fields.Errors.Add("countries", "Each country is listed once.");
        return countries;
    }

    private static List<DraftRecipient>? ReadRecipients(JsonFields fields)
    {
        if (fields.Objects("recipients", MostRecipients) is not { } items)
            return null;
        var recipients = items.Select(ReadRecipient).ToList();
        if (recipients.Select(recipient => recipient.Key).Distinct().Count() < recipients.Count)
            fields.Errors.Add("recipients", "Each key is used once.");
        return recipients;
    }

    private static DraftRecipient ReadRecipient(JsonFields item)
    {
        item.Only("key", "name", "address", "countries", "risk", "maxDisclosure");
        var key = item.String("key");
        if (key is null || !RecipientKey().IsMatch(key))
        {
            if (!item.Errors.Has(item.Path("key")))
                item.Errors.Add(item.Path("key"), "A key has 1 to 60 characters of a-z, 0-9 and hyphen.");
        }
        var countries = item.Strings("countries", Country.Codes.Count);
        foreach (var (index, country) in (countries ?? []).Index().Where(entry => !Country.Exists(entry.Item)))
            item.Errors.Add(
                string.Create(CultureInfo.InvariantCulture, $"{item.Path("countries")}[{index}]"),
                "This is not a country code of ISO 3166-1, in capitals."
            );
        if (countries is { Count: 0 })
            item.Errors.Add(item.Path("countries"), "Name at least one country, or null for all.");
        var risk = item.String("risk");
        if (risk is not (Recipient.LowRisk or Recipient.HighRisk) && !item.Errors.Has(item.Path("risk")))
            item.Errors.Add(item.Path("risk"), "Choose low or high.");
        var disclosure = Disclosure.Count;
        if (item.String("maxDisclosure") is { } text && !Disclosures.TryParse(text, out disclosure))
            item.Errors.Add(item.Path("maxDisclosure"), "Choose count, initials or name.");
        return new DraftRecipient(
            key ?? "",
            item.Line("name", 300) ?? Missing<string>(item, "name") ?? "",
            item.String("address") is { Length: > 0 } ? item.Line("address", 500) ?? "" : "",
            countries?.Distinct().ToList(),
            risk ?? "",
            disclosure
        );
    }

    private static List<string>? ReadOrigins(JsonFields fields)
    {
        if (fields.Strings("allowedOrigins", 100) is not { } origins)
            return null;
        foreach (var (index, origin) in origins.Index())
        {
            var valid =
                Uri.TryCreate(origin, UriKind.Absolute, out var uri)
                && uri.Scheme is "https" or "http"
                && uri.GetLeftPart(UriPartial.Authority) == origin;
            if (!valid)
                fields.Errors.Add(
                    string.Create(CultureInfo.InvariantCulture, $"allowedOrigins[{index}]"),
                    "An origin looks like https://example.org, without a path."
                );
        }
        return [.. origins];
    }

    private static string? CountryCode(JsonFields fields, string name)
    {
        var code = fields.String(name);
        if (code is not null && Country.Exists(code))
            return code;
        if (!fields.Errors.Has(fields.Path(name)))
            fields.Errors.Add(fields.Path(name), "This is not a country code of ISO 3166-1, in capitals.");
        return null;
    }

    private static string? LocaleOf(JsonFields fields)
    {
        var locale = fields.String("locale");
        if (locale is null || Locale().IsMatch(locale))
            return locale;
        fields.Errors.Add(fields.Path("locale"), "A locale looks like en, nb or pt-BR.");
        return null;
    }

    /// <summary>
    /// Adds an error for a required field, unless the field has one already. Returns null.
    /// </summary>
    private static T? Missing<T>(JsonFields fields, string name)
    {
        if (!fields.Errors.Has(fields.Path(name)))
            fields.Errors.Add(fields.Path(name), "This is required.");
        return default;
    }

    [GeneratedRegex("^[a-z0-9-]{3,60}\\z")]
    private static partial Regex Slug();

    [GeneratedRegex("^[a-z0-9-]{1,60}\\z")]
    private static partial Regex RecipientKey();

    [GeneratedRegex("^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\\z")]
    private static partial Regex Locale();
}
