namespace Campaigns;

/// <summary>
/// Checks which changes to a campaign are still allowed after people have signed it.
/// </summary>
public static class CampaignChangeRules
{
    /// <summary>
    /// Returns null when the draft may replace the current campaign. A changed privacy notice needs
    /// a new version. Texts may change only while there are no signatures; then a new version is
    /// added instead.
    /// </summary>
    /// <param name="current">The campaign.</param>
    /// <param name="draft">What it is to become.</param>
    /// <param name="signedFrom">The countries with signatures; null without signatures.</param>
    /// <param name="shownNotice">The notice that was shown under the draft's version; null for a
    /// new version.</param>
    /// <param name="edit">Who changes the campaign, and when.</param>
    public static Refusal? Refuse(
        Campaign current,
        CampaignDraft draft,
        IReadOnlySet<string>? signedFrom,
        PrivacyNotice? shownNotice,
        CampaignEdit edit
    )
    {
        if (CampaignLifecycle.Find(current.State, CampaignAct.Edit).Refusal is { } refusal)
            return refusal;
        if (signedFrom is not null && Broken(current, draft, signedFrom) is { } broken)
            return broken;
        if (ErasureRules.Refuse(current, draft, isSigned: signedFrom is not null, edit) is { } early)
            return early;
        if (shownNotice is not null && shownNotice != draft.PrivacyNotice)
            return Refusal.Validation(
                "privacyNotice.version",
                "This version was already shown with another text. Give the new text a new version."
            );
        return signedFrom is not null && ChangesTexts(current, draft)
            ? Refusal.WrongStateAt("texts", "People have signed these texts. Add a new version instead.")
            : null;
    }

    /// <summary>True if the draft has other texts, or the same in another order.</summary>
    public static bool ChangesTexts(Campaign current, CampaignDraft draft) =>
        !current.Texts.Select(text => new DraftText(text.Locale, text.Title, text.Demand)).SequenceEqual(draft.Texts);

    /// <summary>
    /// Returns null when the draft breaks no rule. <c>wrong-state</c> covers four changes: erasing
    /// later or never, another organisation, another controller, and a sensitive campaign made not
    /// sensitive. Removing a country that people signed from is an error in the field
    /// <c>countries</c>, because their ledger lines carry it.
    /// </summary>
    public static Refusal? Broken(Campaign current, CampaignDraft draft, IReadOnlySet<string> signedFrom)
    {
        if (draft.Organisation != current.Organisation)
            return Refusal.WrongStateAt("organisation", "People have signed a petition of the organisation as it is.");
        if (draft.Controller.Name != current.Controller.Name)
            return Refusal.WrongStateAt("controller.name", "People gave their data to the controller as it is.");
        if (current.Sensitive && !draft.Sensitive)
            return Refusal.WrongStateAt("sensitive", "People have signed a sensitive campaign. It stays one.");
        if (current.EraseAfterDays is { } days && (draft.EraseAfterDays is not { } after || after > days))
            return Refusal.WrongStateAt(
                "eraseAfterDays",
                $"People were promised {Plural.Count(days, "day")}. Fewer may be set."
            );
        var listed = draft.Countries.Select(country => country.Country).ToHashSet(StringComparer.Ordinal);
        return current.ListedCountries.Any(country => !listed.Contains(country) && signedFrom.Contains(country))
            ? Refusal.Validation("countries", "A country that people signed from stays on the list.")
            : null;
    }

    /// <summary>
    /// Keys of recipients who may now see less, or who are no longer the recipients that people
    /// agreed to. Their existing packets must not be handed out.
    /// </summary>
    public static IEnumerable<string> FindRestrictedRecipients(Campaign current, CampaignDraft draft) =>
        from before in current.Recipients
        let after = draft.Recipients.FirstOrDefault(recipient => recipient.Key == before.Key)
        where
            after is null
            || after.MaxDisclosure < before.MaxDisclosure
            || (after.Risk == Recipient.HighRisk && before.Risk != Recipient.HighRisk)
            || IsRenamed(before, after)
            || after.Address != before.Address
            || IsNarrowed(before.Countries, after.Countries)
        select before.Key;

    /// <summary>
    /// True when consent for the old recipient also covers the new one: the same name and address,
    /// no higher disclosure, no more countries and no lower risk class.
    /// </summary>
    public static bool IsStillCovered(Recipient before, DraftRecipient after) =>
        !IsRenamed(before, after)
        && after.Address == before.Address
        && after.MaxDisclosure <= before.MaxDisclosure
        && !IsNarrowed(after.Countries, before.Countries)
        && (after.Risk == before.Risk || after.Risk == Recipient.HighRisk);

    // A language may be added. A name that people read may not become another.
    private static bool IsRenamed(Recipient before, DraftRecipient after) =>
        after.Name != before.Name
        || before.Names.ByLocale.Any(name =>
            after.Names.ByLocale.TryGetValue(name.Key, out var now) && now != name.Value
        );

    private static bool IsNarrowed(IReadOnlyList<string>? before, IReadOnlyList<string>? after) =>
        after is not null && (before is null || before.Except(after).Any());
}
