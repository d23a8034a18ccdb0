namespace Campaigns;

/// <summary>What a campaign needs before it opens, and what it better has.</summary>
public static class OpeningChecklist
{
    /// <summary>A promised erasure has a date.</summary>
    public const string ErasureDate = "erasure-date";

    /// <summary>Someone gets the signatures.</summary>
    public const string Recipients = "recipients";

    /// <summary>Every recipient has a postal address for the cover letter.</summary>
    public const string Addresses = "addresses";

    /// <summary>Countries are listed.</summary>
    public const string Countries = "countries";

    /// <summary>The texts have the language of every listed country that names one.</summary>
    public const string Languages = "languages";

    /// <summary>Signing does not end before it begins.</summary>
    public const string ClosingTime = "closing-time";

    /// <summary>A campaign with a recipient of high risk is sensitive.</summary>
    public const string Sensitive = "sensitive";

    public static IReadOnlyList<string> All { get; } =
        [ErasureDate, Recipients, Addresses, Countries, Languages, ClosingTime, Sensitive];

    public static IReadOnlyList<OpeningStep> Find(Campaign campaign, DateTimeOffset now)
    {
        var locales = campaign.Texts.Select(text => text.Locale).ToList();
        return
        [
            new(ErasureDate, ErasureRules.RefuseOpening(campaign) is null, IsRequired: true),
            new(Recipients, campaign.Recipients.Count > 0),
            new(Addresses, campaign.Recipients.All(recipient => recipient.Address.Length > 0)),
            new(Countries, campaign.Countries.Count > 0),
            new(
                Languages,
                campaign.Countries.All(country =>
                    country.Locale is null || Locales.Lookup(country.Locale, locales) is not null
                )
            ),
            new(ClosingTime, campaign.ClosesAt is not { } closes || closes > now),
            new(
                Sensitive,
                campaign.Sensitive || campaign.Recipients.All(recipient => recipient.Risk != Recipient.HighRisk)
            ),
        ];
    }
}
