using System.Globalization;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.Parts;

namespace Campaigns.Api.StaffConsole.Settings;

/// <summary>The form of a campaign.</summary>
public sealed class CampaignForm : RowForm
{
    public const string Texts = "texts";
    public const string Countries = "countries";
    public const string Recipients = "recipients";

    /// <summary>The privacy notice in other languages.</summary>
    public const string Notices = "notices";

    /// <summary>What people are offered to say when they pass the campaign on.</summary>
    public const string Shares = "shares";

    public CampaignForm()
        : base(Texts, Countries, Recipients, Notices, Shares) { }

    /// <summary>A form with an empty row in each list that a campaign needs.</summary>
    public static CampaignForm Empty()
    {
        var form = new CampaignForm();
        form.AddRow(Texts);
        form.AddRow(Countries);
        form.AddRow(Recipients);
        return form;
    }

    /// <summary>The form of a campaign as it is.</summary>
    public static CampaignForm From(Campaign campaign)
    {
        var form = new CampaignForm();
        form.Set("slug", campaign.Slug);
        form.Set("organisation", campaign.Organisation);
        form.Set("controller.name", campaign.Controller.Name);
        form.Set("controller.contact", campaign.Controller.Contact);
        form.Set("privacyNotice.version", campaign.PrivacyNotice.Version);
        form.Set("privacyNotice.text", campaign.PrivacyNotice.Text);
        form.Set("goal", Text(campaign.Goal));
        form.Set("opensAt", Text(campaign.OpensAt));
        form.Set("closesAt", Text(campaign.ClosesAt));
        form.Set("handOverOn", campaign.HandOverOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        form.Set("answerWithinDays", Text(campaign.AnswerWithinDays));
        form.Set("eraseAfterDays", Text(campaign.EraseAfterDays));
        form.Set("sensitive", campaign.Sensitive ? PageForm.Yes : "");
        form.Set("timeZone", campaign.ChosenTimeZone);
        form.Set("allowedOrigins", string.Join('\n', campaign.AllowedOrigins));
        foreach (var text in campaign.Texts)
            form.AddRow(Texts, ("locale", text.Locale), ("title", text.Title), ("demand", text.Demand));
        foreach (var country in campaign.Countries)
            form.AddRow(
                Countries,
                ("country", country.Country),
                ("goal", Text(country.Goal)),
                ("locale", country.Locale)
            );
        foreach (var recipient in campaign.Recipients)
            form.AddRow(
                Recipients,
                ("key", recipient.Key),
                ("name", recipient.Name),
                ("address", recipient.Address),
                ("countries", recipient.Countries is { } own ? string.Join(' ', own) : ""),
                ("risk", recipient.Risk),
                ("maxDisclosure", recipient.MaxDisclosure.Text()),
                ("names", string.Join('\n', recipient.Names.ByLocale.Select(name => $"{name.Key}: {name.Value}"))),
                ("kind", recipient.Kind),
                ("locale", recipient.Locale),
                ("answerWithin.days", Text(recipient.AnswerWithin?.Days)),
                ("answerWithin.kind", recipient.AnswerWithin?.Kind),
                ("answerWithin.holidays", recipient.AnswerWithin?.Holidays),
                ("profile.noticeDays", Text(recipient.Profile?.NoticeDays)),
                ("profile.admits", Text(recipient.Profile?.Admits)),
                ("profile.media", string.Join(',', recipient.Profile?.Media ?? [])),
                ("profile.weekdays", string.Join(',', recipient.Profile?.Weekdays ?? [])),
                ("profile.note", recipient.Profile?.Note)
            );
        foreach (var (locale, text) in campaign.PrivacyNotice.Texts.ByLocale)
            form.AddRow(Notices, ("locale", locale), ("text", text));
        foreach (var (locale, text) in campaign.Share.Text.ByLocale)
            form.AddRow(Shares, ("locale", locale), ("text", text));
        form.Set("share.hashtags", string.Join(' ', campaign.Share.Hashtags));
        return form;
    }

    /// <summary>A form that was posted.</summary>
    public static CampaignForm From(IFormCollection fields)
    {
        var form = new CampaignForm();
        form.Read(fields);
        return form;
    }

    protected override bool IsUntouched(string field, string value) =>
        field is "risk" or "maxDisclosure" || value.Length == 0;

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    // As browsers write a local time; the form says that it is UTC.
    private static string Text(DateTimeOffset? instant) =>
        instant is not { } known ? ""
        : known.ToUnixTimeMilliseconds() % 60_000 == 0
            ? known.UtcDateTime.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture)
        : known.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture);
}
