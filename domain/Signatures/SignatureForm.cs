namespace Campaigns.Signatures;

/// <summary>
/// The signing form as submitted, from a page or as JSON. Nothing is validated yet.
/// </summary>
public sealed record SignatureForm
{
    public string? Name { get; init; }
    public string? Email { get; init; }
    public string? Country { get; init; }
    public string? Locality { get; init; }
    public string? Locale { get; init; }
    public string? Disclosure { get; init; }
    public string? TextHash { get; init; }
    public bool? Sign { get; init; }
    public bool? Updates { get; init; }

    /// <summary>
    /// Validates the form against the rules of the campaign. Errors are added to
    /// <paramref name="errors"/>, which may already contain errors of the reader (a wrong JSON
    /// type). A field gets at most one error.
    /// </summary>
    public Outcome<NewSignature> Check(Campaign campaign, FieldErrors errors)
    {
        var disclosure = Campaigns.Disclosure.Count;
        if (!errors.Has("disclosure") && Disclosure is not null && !Disclosures.TryParse(Disclosure, out disclosure))
            errors.Add("disclosure", "Choose count, initials or name.");

        string? name = null;
        if (!errors.Has("name") && (!PlainText.IsBlank(Name) || disclosure != Campaigns.Disclosure.Count))
            name = errors.ValueOf(PersonName.Check(Name), "name");

        var locality = errors.Has("locality")
            ? null
            : errors.ValueOf(Campaigns.Signatures.Locality.Check(Locality), "locality");

        EmailAddress? email = null;
        if (!errors.Has("email"))
        {
            (email, var problem) = EmailAddress.Parse(Email);
            if (problem is not null)
                errors.Add("email", problem);
        }

        if (!errors.Has("country"))
        {
            if (string.IsNullOrEmpty(Country))
                errors.Add("country", "Say in which country you live.");
            else if (CampaignFields.CountryProblem(Country) is { } problem)
                errors.Add("country", problem);
        }

        if (!errors.Has("consents.sign") && !errors.Has("consents") && Sign != true)
            errors.Add("consents.sign", "Signing needs your agreement to keep your data for it.");

        if (errors.ToRefusal() is { } refusal)
            return refusal;
        var text = campaign.Text(Locale);
        if (TextHash is not null && TextHash != text.Hash)
            return Refusal.TextChanged;
        return new NewSignature(name, email!, Country!, locality, text.Locale, disclosure, Updates ?? false, text.Hash);
    }

    /// <summary>
    /// What is wrong with what was typed into a field, for pages in other languages; null for
    /// nothing, and for fields that are chosen and not typed.
    /// </summary>
    public InputProblem? ProblemOf(string field) =>
        field switch
        {
            "name" => PersonName.Check(Name).Cause,
            "locality" => Campaigns.Signatures.Locality.Check(Locality).Cause,
            "email" => EmailAddress.ProblemOf(Email),
            _ => null,
        };
}
