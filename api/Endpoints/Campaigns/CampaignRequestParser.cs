using System.Globalization;
using Campaigns.Api.Http;
using Campaigns.Signatures;

namespace Campaigns.Api.Endpoints.Campaigns;

/// <summary>
/// Reads and checks the fields of a campaign from staff. For a change, missing fields keep the
/// values of the current campaign.
/// </summary>
internal static class CampaignRequestParser
{
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
            Organisation = Line(fields, "organisation", CampaignLimits.Organisation)
                ?? Missing(fields, "organisation", current?.Organisation)
                ?? "",
            Controller = ReadController(fields)
                ?? Missing(fields, "controller", current?.Controller)
                ?? new Controller("", ""),
            PrivacyNotice = ReadNotice(fields)
                ?? Missing(fields, "privacyNotice", current?.PrivacyNotice)
                ?? new PrivacyNotice("", ""),
            Texts = texts ?? [],
            Goal = fields.Integer("goal", 1, CampaignLimits.MostGoal)
                ?? Missing<int?>(fields, "goal", current?.Goal)
                ?? 0,
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
                ? fields.Integer("answerWithinDays", 1, CampaignLimits.MostDays)
                : current?.AnswerWithinDays,
            EraseAfterDays = fields.Has("eraseAfterDays")
                ? fields.Integer("eraseAfterDays", 0, CampaignLimits.MostDays)
                : current?.EraseAfterDays,
            Sensitive = fields.Boolean("sensitive") ?? current?.Sensitive ?? false,
            AllowedOrigins = ReadOrigins(fields) ?? current?.AllowedOrigins ?? [],
        };
        if (CampaignFields.ClosingProblem(draft.OpensAt, draft.ClosesAt) is { } problem && !errors.Has("closesAt"))
            errors.Add("closesAt", problem);
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
        if (CampaignFields.SlugProblem(slug) is { } problem && !fields.Errors.Has("slug"))
            fields.Errors.Add("slug", problem);
        return slug ?? "";
    }

    private static Controller? ReadController(JsonFields fields) =>
        fields.Object("controller") is { } controller
            ? new Controller(
                Line(controller, "name", CampaignLimits.ControllerName)
                    ?? Missing<string>(controller, "name", null)
                    ?? "",
                Line(controller, "contact", CampaignLimits.ControllerContact)
                    ?? Missing<string>(controller, "contact", null)
                    ?? ""
            )
            : null;

    private static PrivacyNotice? ReadNotice(JsonFields fields) =>
        fields.Object("privacyNotice") is { } notice
            ? new PrivacyNotice(
                Line(notice, "version", CampaignLimits.NoticeVersion) ?? Missing<string>(notice, "version", null) ?? "",
                Prose(notice, "text", CampaignLimits.NoticeText) ?? Missing<string>(notice, "text", null) ?? ""
            )
            : null;

    private static List<DraftText>? ReadTexts(JsonFields fields)
    {
        var errorsBefore = fields.Errors.Count;
        if (fields.Entries("texts", CampaignLimits.MostTexts) is not { } entries)
            return null;
        if (entries.Count == 0 && fields.Errors.Count == errorsBefore)
            fields.Errors.Add("texts", "A campaign has at least one text.");
        var texts = new List<DraftText>();
        foreach (var (locale, text) in entries)
        {
            if (CampaignFields.LocaleProblem(locale) is { } problem)
                fields.Errors.Add(fields.Path("texts"), problem);
            texts.Add(
                new DraftText(
                    locale,
                    Line(text, "title", CampaignLimits.TextTitle) ?? Missing<string>(text, "title", null) ?? "",
                    Prose(text, "demand", CampaignLimits.TextDemand) ?? Missing<string>(text, "demand", null) ?? ""
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
                item.Integer("goal", 1, CampaignLimits.MostGoal) ?? Missing<int?>(item, "goal", null) ?? 0,
                LocaleOf(item)
            ))
            .ToList();
        if (countries.Select(country => country.Country).Distinct().Count() < countries.Count)
            fields.Errors.Add("countries", "Each country is listed once.");
        return countries;
    }

    private static List<DraftRecipient>? ReadRecipients(JsonFields fields)
    {
        if (fields.Objects("recipients", CampaignLimits.MostRecipients) is not { } items)
            return null;
        var recipients = items.Select(ReadRecipient).ToList();
        if (recipients.Select(recipient => recipient.Key).Distinct().Count() < recipients.Count)
            fields.Errors.Add("recipients", "Each key is used once.");
        return recipients;
    }

    private static DraftRecipient ReadRecipient(JsonFields item)
    {
        var key = item.String("key");
        if (CampaignFields.RecipientKeyProblem(key) is { } keyProblem && !item.Errors.Has(item.Path("key")))
            item.Errors.Add(item.Path("key"), keyProblem);
        var countries = item.Strings("countries", Country.Codes.Count);
        foreach (var (index, country) in (countries ?? []).Index())
        {
            if (CampaignFields.CountryProblem(country) is { } problem)
                item.Errors.Add(
                    string.Create(CultureInfo.InvariantCulture, $"{item.Path("countries")}[{index}]"),
                    problem
                );
        }
        if (countries is { Count: 0 })
            item.Errors.Add(item.Path("countries"), "Name at least one country, or null for all.");
        var risk = item.String("risk");
        if (CampaignFields.RiskProblem(risk) is { } riskProblem && !item.Errors.Has(item.Path("risk")))
            item.Errors.Add(item.Path("risk"), riskProblem);
        var disclosure = Disclosure.Count;
        if (item.String("maxDisclosure") is { } text && !Disclosures.TryParse(text, out disclosure))
            item.Errors.Add(item.Path("maxDisclosure"), "Choose count, initials or name.");
        return new DraftRecipient(
            key ?? "",
            Line(item, "name", CampaignLimits.RecipientName) ?? Missing<string>(item, "name", null) ?? "",
            Line(item, "address", CampaignLimits.RecipientAddress) ?? "",
            countries?.Distinct().ToList(),
            risk ?? "",
            disclosure
        );
    }

    private static List<string>? ReadOrigins(JsonFields fields)
    {
        if (fields.Strings("allowedOrigins", CampaignLimits.MostOrigins) is not { } origins)
            return null;
        foreach (var (index, origin) in origins.Index())
        {
            if (CampaignFields.OriginProblem(origin) is { } problem)
                fields.Errors.Add(string.Create(CultureInfo.InvariantCulture, $"allowedOrigins[{index}]"), problem);
        }
        return [.. origins];
    }

    private static string? CountryCode(JsonFields fields, string name)
    {
        var code = fields.String(name);
        if (CampaignFields.CountryProblem(code) is not { } problem)
            return code;
        if (!fields.Errors.Has(fields.Path(name)))
            fields.Errors.Add(fields.Path(name), problem);
        return null;
    }

    private static string? LocaleOf(JsonFields fields)
    {
        var locale = fields.String("locale");
        if (locale is null || CampaignFields.LocaleProblem(locale) is not { } problem)
            return locale;
        fields.Errors.Add(fields.Path("locale"), problem);
        return null;
    }

    /// <summary>
    /// One line of text; null when missing or invalid. An invalid line adds an error.
    /// </summary>
    private static string? Line(JsonFields fields, string name, int most) =>
        fields.String(name) is { } typed ? ValueOrError(fields, name, CampaignFields.Line(typed, most)) : null;

    /// <inheritdoc cref="CampaignFields.Prose"/>
    private static string? Prose(JsonFields fields, string name, int most) =>
        fields.String(name) is { } typed ? ValueOrError(fields, name, CampaignFields.Prose(typed, most)) : null;

    private static string? ValueOrError(JsonFields fields, string name, Canonical canonical)
    {
        if (canonical.Problem is not null)
            fields.Errors.Add(fields.Path(name), canonical.Problem);
        return canonical.Value;
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
}
