using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Campaigns.Api.Http;
using Campaigns.Signatures;

namespace Campaigns.Api.Endpoints.Campaigns;

/// <summary>
/// Reads and checks the fields of a campaign from staff. For a change, missing fields keep the
/// values of the current campaign.
/// </summary>
internal static partial class CampaignRequestParser
{
    private const int MostTexts = 50;
    private const int MostRecipients = 200;

    public static Outcome<CampaignDraft> Read(JsonFields fields, Campaign? current)
    {
        var errors = fields.Errors;
        var texts = ReadTexts(fields)
            ?? Missing(
                fields,
                "texts",
                current?.Texts.Select(text => new DraftText(text.Locale, text.Title, text.Demand)).ToList()
            );
        var countries = ReadCountries(fields) ?? current?.Countries ?? [];
        var draft = new CampaignDraft
        {
            Slug = current?.Slug ?? ReadSlug(fields),
            Organisation = Line(fields, "organisation", 200)
                ?? Missing(fields, "organisation", current?.Organisation)
                ?? "",
            Controller = ReadController(fields)
                ?? Missing(fields, "controller", current?.Controller)
                ?? new Controller("", ""),
            PrivacyNotice = ReadNotice(fields)
                ?? Missing(fields, "privacyNotice", current?.PrivacyNotice)
                ?? new PrivacyNotice("", ""),
            Texts = texts ?? [],
            Goal = fields.Integer("goal", 1, 1_000_000_000) ?? Missing<int?>(fields, "goal", current?.Goal) ?? 0,
            Countries = countries,
            Recipients = ReadRecipients(fields)
                ?? current
                    ?.Recipients.Select(r => new DraftRecipient(
                        r.Key,
                        r.Name,
                        r.Address,
                        r.Countries,
                        r.Risk,
                        r.MaxDisclosure
                    ))
                    .ToList()
                ?? [],
            OpensAt = fields.Has("opensAt") ? fields.Moment("opensAt") : current?.OpensAt,
            ClosesAt = fields.Has("closesAt") ? fields.Moment("closesAt") : current?.ClosesAt,
            HandOverOn = fields.Has("handOverOn") ? fields.Date("handOverOn") : current?.HandOverOn,
            AnswerWithinDays = fields.Has("answerWithinDays")
                ? fields.Integer("answerWithinDays", 1, 3650)
                : current?.AnswerWithinDays,
            EraseAfterDays = fields.Has("eraseAfterDays")
                ? fields.Integer("eraseAfterDays", 0, 3650)
                : current?.EraseAfterDays,
            Sensitive = fields.Boolean("sensitive") ?? current?.Sensitive ?? false,
            AllowedOrigins = ReadOrigins(fields) ?? current?.AllowedOrigins ?? [],
        };
        if (draft.OpensAt >= draft.ClosesAt && !errors.Has("closesAt"))
            errors.Add("closesAt", "A campaign closes after it opens.");
        return errors.ToRefusal() is { } refusal ? refusal : draft;
    }

    /// <summary>Reads the texts of a body that has only texts.</summary>
    public static Outcome<IReadOnlyList<DraftText>> ReadTextsOnly(JsonFields fields)
    {
        var texts = ReadTexts(fields) ?? Missing<IReadOnlyList<DraftText>>(fields, "texts", null);
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
        fields.Object("controller") is { } controller
            ? new Controller(
                Line(controller, "name", 200) ?? Missing<string>(controller, "name", null) ?? "",
                Line(controller, "contact", 300) ?? Missing<string>(controller, "contact", null) ?? ""
            )
            : null;

    private static PrivacyNotice? ReadNotice(JsonFields fields) =>
        fields.Object("privacyNotice") is { } notice
            ? new PrivacyNotice(
                Line(notice, "version", 40) ?? Missing<string>(notice, "version", null) ?? "",
                Prose(notice, "text", 20_000) ?? Missing<string>(notice, "text", null) ?? ""
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
            if (!Locale().IsMatch(locale))
                fields.Errors.Add(fields.Path("texts"), "A locale looks like en, nb or pt-BR.");
            texts.Add(
                new DraftText(
                    locale,
                    Line(text, "title", 200) ?? Missing<string>(text, "title", null) ?? "",
                    Prose(text, "demand", 10_000) ?? Missing<string>(text, "demand", null) ?? ""
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
            .Select(item => new CampaignCountry(
                CountryCode(item, "country") ?? "",
                item.Integer("goal", 1, 1_000_000_000) ?? Missing<int?>(item, "goal", null) ?? 0,
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
            Line(item, "name", 300) ?? Missing<string>(item, "name", null) ?? "",
            Line(item, "address", 500) ?? "",
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
    /// One line of text; null when missing or invalid. An invalid line adds an error.
    /// </summary>
    private static string? Line(JsonFields fields, string name, int most)
    {
        if (fields.String(name) is not { } typed)
            return null;
        var prose = Canonical(fields, name, typed, most);
        if (prose is null)
            return null;
        if (!prose.Any(char.IsControl))
            return prose;
        fields.Errors.Add(fields.Path(name), "This must be one line without control characters.");
        return null;
    }

    /// <summary>
    /// Text with paragraphs, normalised to NFC and LF line ends, because its hash is signed.
    /// </summary>
    private static string? Prose(JsonFields fields, string name, int most)
    {
        if (fields.String(name) is not { } typed)
            return null;
        var prose = Canonical(
            fields,
            name,
            typed.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'),
            most
        );
        if (prose is null || !prose.Any(c => char.IsControl(c) && c != '\n'))
            return prose;
        fields.Errors.Add(fields.Path(name), "This must not have control characters.");
        return null;
    }

    private static string? Canonical(JsonFields fields, string name, string typed, int most)
    {
        string? problem = null;
        if (PlainText.HasLoneSurrogate(typed))
            problem = "This contains half a character.";
        else if (typed.EnumerateRunes().Any(PlainText.IsNoncharacter))
            problem = "This contains a code that is not a character.";
        else if (string.IsNullOrWhiteSpace(typed))
            problem = "This must not be empty.";
        else if (typed.Length > most)
            problem = string.Create(CultureInfo.InvariantCulture, $"This is longer than {most} characters.");
        if (problem is null)
            return typed.Normalize(NormalizationForm.FormC).Trim();
        fields.Errors.Add(fields.Path(name), problem);
        return null;
    }

    /// <summary>
    /// Returns the current value. Without one the field is required: adds an error, unless the
    /// field has one already.
    /// </summary>
    private static T? Missing<T>(JsonFields fields, string name, T? current)
    {
        if (current is null && !fields.Errors.Has(fields.Path(name)))
            fields.Errors.Add(fields.Path(name), "This is required.");
        return current;
    }

    [GeneratedRegex("^[a-z0-9-]{3,60}\\z")]
    private static partial Regex Slug();

    [GeneratedRegex("^[a-z0-9-]{1,60}\\z")]
    private static partial Regex RecipientKey();

    [GeneratedRegex("^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\\z")]
    private static partial Regex Locale();
}
