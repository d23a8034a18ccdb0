using System.Text.Json.Serialization;

namespace Campaigns.Api.Endpoints.Campaigns;

/// <summary>
/// A version of the privacy notice. Text is for every language without one of its own in texts.
/// </summary>
internal sealed record PrivacyNoticeView(
    string Version,
    string Text,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyDictionary<string, string>? Texts = null
)
{
    public static PrivacyNoticeView From(PrivacyNotice notice) => new(notice.Version, notice.Text, Of(notice.Texts));

    /// <summary>Null for no words, which the JSON leaves out.</summary>
    public static IReadOnlyDictionary<string, string>? Of(LocaleWords words) => words.IsEmpty ? null : words.ByLocale;
}

/// <summary>
/// What people are offered to say when they pass a campaign on: a sentence by locale, and words
/// without their sign.
/// </summary>
internal sealed record ShareView(IReadOnlyDictionary<string, string>? Text, IReadOnlyList<string>? Hashtags)
{
    public static ShareView? From(ShareWords share) => share.IsEmpty ? null : new(share.Text.ByLocale, share.Hashtags);
}
