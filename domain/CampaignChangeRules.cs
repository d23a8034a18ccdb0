namespace Campaigns;

/// <summary>
/// What a campaign may no longer change once people have signed, because they signed on the
/// strength of it.
/// </summary>
public static class CampaignChangeRules
{
    /// <summary>
    /// Null when the draft keeps every promise. Erasing later or never, another organisation or
    /// controller, and counts that move at once where they moved in groups are <c>wrong-state</c>;
    /// taking a country off the list that people signed from is a complaint about the field,
    /// because their lines in the ledger carry it.
    /// </summary>
    public static Refusal? Broken(Campaign current, CampaignDraft draft, IReadOnlySet<string> signedFrom)
    {
        if (draft.Organisation != current.Organisation || draft.Controller.Name != current.Controller.Name)
            return Refusal.WrongState;
        if (current.Sensitive && !draft.Sensitive)
            return Refusal.WrongState;
        if (current.EraseAfterDays is { } days && (draft.EraseAfterDays is not { } after || after > days))
            return Refusal.WrongState;
        var listed = draft.Countries.Select(country => country.Country).ToHashSet(StringComparer.Ordinal);
        return current.ListedCountries.Any(country => !listed.Contains(country) && signedFrom.Contains(country))
            ? Refusal.Validation("countries", "A country that people signed from stays on the list.")
            : null;
    }

    /// <summary>
    /// Recipients who may see less than before, or are no longer the ones people agreed to: packets
    /// made for them are not to be handed out.
    /// </summary>
    public static IEnumerable<string> IsLessRisky(Campaign current, CampaignDraft draft) =>
        from before in current.Recipients
        let after = draft.Recipients.FirstOrDefault(recipient => recipient.Key == before.Key)
        where
            after is null
            || after.MaxDisclosure < before.MaxDisclosure
            || (after.Risk == Recipient.HighRisk && before.Risk != Recipient.HighRisk)
            || after.Name != before.Name
            || after.Address != before.Address
            || IsNarrowed(before.Countries, after.Countries)
        select before.Key;

    /// <summary>
    /// Whether who agreed to a recipient as it was has agreed to it as it is to be: the same,
    /// seeing no more and of no more countries.
    /// </summary>
    public static bool IsStillCovered(Recipient before, DraftRecipient after) =>
        after.Name == before.Name
        && after.Address == before.Address
        && after.MaxDisclosure <= before.MaxDisclosure
        && !IsNarrowed(after.Countries, before.Countries)
        && (after.Risk == before.Risk || after.Risk == Recipient.HighRisk);

    private static bool IsNarrowed(IReadOnlyList<string>? before, IReadOnlyList<string>? after) =>
        after is not null && (before is null || before.Except(after).Any());
}
