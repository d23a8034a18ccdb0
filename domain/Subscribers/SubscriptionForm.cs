using Campaigns.Signatures;

namespace Campaigns.Subscribers;

/// <summary>
/// The form that asks for updates as submitted, from a page or as JSON. Nothing is validated yet.
/// </summary>
public sealed record SubscriptionForm
{
    public string? Email { get; init; }
    public string? Country { get; init; }
    public string? Locale { get; init; }
    public bool? Consent { get; init; }
    public string? NoticeVersion { get; init; }

    /// <summary>
    /// Validates the form against the campaign. Errors are added to <paramref name="errors"/>,
    /// which may already contain errors of the reader. Refused with <c>text-changed</c> when
    /// another privacy notice was shown than the campaign has now.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="errors">The errors by field.</param>
    /// <param name="wording">The sentence that was agreed to.</param>
    public Outcome<NewSubscription> Check(Campaign campaign, FieldErrors errors, string wording)
    {
        EmailAddress? email = null;
        if (!errors.Has("email"))
        {
            (email, var problem) = EmailAddress.Parse(Email);
            if (problem is not null)
                errors.Add("email", problem);
        }
        if (
            !errors.Has("country")
            && !string.IsNullOrEmpty(Country)
            && CampaignFields.CountryProblem(Country) is { } unknown
        )
            errors.Add("country", unknown);
        if (!errors.Has("consent") && Consent != true)
            errors.Add("consent", "Updates need your agreement to keep your address for them.");
        if (errors.ToRefusal() is { } refusal)
            return refusal;
        if (NoticeVersion is not null && NoticeVersion != campaign.PrivacyNotice.Version)
            return Refusal.TextChanged;
        return new NewSubscription(
            email!,
            campaign.Text(Locale).Locale,
            string.IsNullOrEmpty(Country) ? null : Country,
            campaign.PrivacyNotice.Version,
            TextHash.ComputeWording(wording)
        );
    }
}
