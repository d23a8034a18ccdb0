using System.Globalization;
using Microsoft.Extensions.Localization;

namespace Campaigns.Api.Pages;

/// <summary>
/// The sentence by which a person asks for updates. The subscription keeps its hash, so that it can
/// be shown later what the person agreed to.
/// </summary>
internal sealed class SubscriptionWording(IStringLocalizer<PageTexts> texts)
{
    public const string Key = "Subscribe.Consent";

    /// <summary>The sentence in the language of our pages that is nearest to the locale.</summary>
    public string Of(Campaign campaign, string? locale)
    {
        // Localizers use the culture of the thread.
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(Locales.Nearest(locale));
        try
        {
            return texts[Key, campaign.Controller.Name].Value;
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}
