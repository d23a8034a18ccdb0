namespace Campaigns;

/// <summary>
/// Says what a change would do to those who signed before, from <see cref="CampaignChangeRules"/>.
/// </summary>
public static class CampaignConsequences
{
    /// <summary>The finished packets of the recipient become stale.</summary>
    public const string PacketsStale = "packets-stale";

    /// <summary>The recipient gets only a number from those who signed before.</summary>
    public const string CountedOnly = "counted-only";

    /// <summary>Those who signed before from the country stay under other countries.</summary>
    public const string ListedLater = "listed-later";

    /// <summary>Those who signed before agreed to another privacy notice.</summary>
    public const string Notice = "notice";

    /// <summary>The day of the erasure moves, except where an earlier one was promised.</summary>
    public const string Erasure = "erasure";

    /// <summary>Public counts follow the ledger from now on.</summary>
    public const string Sensitive = "sensitive";

    public static IReadOnlyList<string> All { get; } =
        [PacketsStale, CountedOnly, ListedLater, Notice, Erasure, Sensitive];

    public static IReadOnlyList<CampaignConsequence> Find(Campaign current, CampaignDraft draft)
    {
        var found = new List<CampaignConsequence>();
        var names = current.Recipients.ToDictionary(one => one.Key, one => one.Name, StringComparer.Ordinal);
        found.AddRange(
            CampaignChangeRules
                .FindRestrictedRecipients(current, draft)
                .Select(key => new CampaignConsequence(PacketsStale, names[key]))
        );
        found.AddRange(
            draft
                .Recipients.Where(after =>
                    current.Recipients.FirstOrDefault(one => one.Key == after.Key) is not { } before
                    || !CampaignChangeRules.IsStillCovered(before, after)
                )
                .Select(after => new CampaignConsequence(CountedOnly, after.Name))
        );
        found.AddRange(
            draft
                .Countries.Where(country => !current.ListedCountries.Contains(country.Country))
                .Select(country => new CampaignConsequence(ListedLater, country.Country))
        );
        if (draft.PrivacyNotice != current.PrivacyNotice)
            found.Add(new CampaignConsequence(Notice));
        var erasure = current.Retention with
        {
            EraseAfterDays = draft.EraseAfterDays,
            HandOverOn = draft.HandOverOn,
            ClosesAt = draft.ClosesAt,
        };
        if (erasure != current.Retention && (current.EraseAfterDays ?? draft.EraseAfterDays) is not null)
            found.Add(new CampaignConsequence(Erasure));
        if (draft.Sensitive && !current.Sensitive)
            found.Add(new CampaignConsequence(Sensitive));
        return found;
    }
}
