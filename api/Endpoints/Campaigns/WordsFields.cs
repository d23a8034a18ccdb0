using System.Globalization;
using Campaigns.Api.Http;

namespace Campaigns.Api.Endpoints.Campaigns;

/// <summary>Reads words that staff write in several languages.</summary>
internal static class WordsFields
{
    /// <summary>
    /// Words by locale. A missing field keeps <paramref name="known"/>, because clients that do not
    /// know it send the other fields; null clears it.
    /// </summary>
    public static LocaleWords Read(
        JsonFields fields,
        string name,
        LocaleWords? known,
        Func<JsonFields, string, string?> read
    )
    {
        if (fields.Object(name) is not { } entries)
            return fields.IsNull(name) ? LocaleWords.None : known ?? LocaleWords.None;
        var words = new Dictionary<string, string>();
        var locales = entries.Names();
        if (locales.Count > CampaignLimits.MostTexts)
            fields.Errors.Add(
                fields.Path(name),
                string.Create(CultureInfo.InvariantCulture, $"This has more than {CampaignLimits.MostTexts} entries.")
            );
        foreach (var locale in locales)
            if (CampaignFields.LocaleProblem(locale) is { } problem)
                fields.Errors.Add(fields.Path(name), problem);
            else if (read(entries, locale) is { } text)
                words[locale] = text;
        return new LocaleWords(words);
    }

    /// <summary>
    /// The notice: one text, or one for each locale, or both. Without the one text the first of
    /// the others stands in.
    /// </summary>
    public static PrivacyNotice? ReadNotice(JsonFields fields)
    {
        if (fields.Object("privacyNotice")?.Only("version", "text", "texts") is not { } notice)
            return null;
        var texts = Read(notice, "texts", null, (entries, locale) => entries.Prose(locale, CampaignLimits.NoticeText));
        var text = notice.Prose("text", CampaignLimits.NoticeText) ?? texts.ByLocale.Values.FirstOrDefault();
        var version = notice.Line("version", CampaignLimits.NoticeVersion);
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[("version", version), ("text", text)])
            if (value is null && !notice.Errors.Has(notice.Path(name)))
                notice.Errors.Add(notice.Path(name), "This is required.");
        return new PrivacyNotice(version ?? "", text ?? "") { Texts = texts };
    }

    public static ShareWords ReadShare(JsonFields fields)
    {
        if (fields.Object("share")?.Only("text", "hashtags") is not { } share)
            return ShareWords.None;
        var text = Read(share, "text", null, (entries, locale) => entries.Line(locale, CampaignLimits.ShareText));
        var hashtags = new List<string>();
        foreach (var (index, typed) in (share.Strings("hashtags", CampaignLimits.MostHashtags) ?? []).Index())
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{share.Path("hashtags")}[{index}]");
            if (share.Errors.ValueOf(CampaignFields.Hashtag(typed), path) is { } word && !hashtags.Contains(word))
                hashtags.Add(word);
        }
        return new ShareWords(text, hashtags);
    }
}
