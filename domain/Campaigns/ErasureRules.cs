namespace Campaigns;

/// <summary>
/// Checks changes to the dates that decide when personal data is erased. A mistake or a stolen
/// token must not erase the addresses before the packets are made, and a promised erasure must have
/// a date.
/// </summary>
public static class ErasureRules
{
    private const string TooSoon =
        "This would erase the signers' data within 30 days. Choose a value that leaves at least 30 days.";

    private const string NotAdministrator =
        "This would erase the signers' data sooner than now. Only an administrator may do that.";

    private const string NoDate =
        "An open campaign that promises to erase data needs a closing time or a day of the hand-over.";

    /// <summary>
    /// Returns null when the campaign may open: a campaign that promises to erase data has a
    /// closing time or a day of the hand-over.
    /// </summary>
    public static Refusal? RefuseOpening(Campaign campaign) => HasDate(campaign.Retention) ? null : Refusal.WrongState;

    /// <summary>
    /// Returns null when the draft may replace the current campaign. With signatures present, no
    /// change erases them within 30 days, and only an administrator brings the erasure closer. The
    /// errors name the fields whose new value does so.
    /// </summary>
    public static Refusal? Refuse(Campaign current, CampaignDraft draft, bool isSigned, CampaignEdit edit)
    {
        var before = current.Retention;
        var after = before with
        {
            EraseAfterDays = draft.EraseAfterDays,
            HandOverOn = draft.HandOverOn,
            ClosesAt = draft.ClosesAt,
        };
        if (after == before)
            return null;
        if (current.State == CampaignState.Open && !HasDate(after))
            return Errors(Changes(before, after).Select(change => change.Field), NoDate);
        if (!isSigned || after.PromisedAt(edit.Now) is not { } erased || erased >= before.PromisedAt(edit.Now))
            return null;
        var sentence =
            erased < edit.Now + Retention.Notice ? TooSoon
            : edit.MayEraseSooner ? null
            : NotAdministrator;
        return sentence is null ? null : Errors(Sooner(before, after, erased, edit.Now), sentence);
    }

    private static bool HasDate(Retention term) =>
        term.EraseAfterDays is null || term.ClosesAt is not null || term.HandOverOn is not null;

    // The fields that alone, set back, would move the erasure; if none does alone, all that changed.
    private static List<string> Sooner(Retention before, Retention after, DateTimeOffset erased, DateTimeOffset now)
    {
        var changes = Changes(before, after).ToList();
        var sooner = changes.Where(change => !(change.SetBack.PromisedAt(now) <= erased)).ToList();
        return [.. (sooner.Count > 0 ? sooner : changes).Select(change => change.Field)];
    }

    private static IEnumerable<(string Field, Retention SetBack)> Changes(Retention before, Retention after)
    {
        if (after.ClosesAt != before.ClosesAt)
            yield return ("closesAt", after with { ClosesAt = before.ClosesAt });
        if (after.HandOverOn != before.HandOverOn)
            yield return ("handOverOn", after with { HandOverOn = before.HandOverOn });
        if (after.EraseAfterDays != before.EraseAfterDays)
            yield return ("eraseAfterDays", after with { EraseAfterDays = before.EraseAfterDays });
    }

    private static Refusal Errors(IEnumerable<string> fields, string sentence)
    {
        var errors = new FieldErrors();
        foreach (var field in fields)
            errors.Add(field, sentence);
        return errors.ToRefusal()!;
    }
}
