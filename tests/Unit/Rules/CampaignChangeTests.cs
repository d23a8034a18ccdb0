using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Unit.Rules;

/// <summary>Which changes of a campaign are refused, without a database.</summary>
public sealed class CampaignChangeTests
{
    private static readonly Campaign _campaign = SampleCampaign.Create();
    private static readonly HashSet<string> _signedFrom = ["GB"];
    private static readonly CampaignEdit _edit = new(MayEraseSooner: true, SampleCampaign.AddedAt);

    /// <summary>
    /// A change, and the code with which it is refused before and after the first signature.
    /// </summary>
    public static TheoryData<string, string?, string?> Changes =>
        new()
        {
            { "nothing", null, null },
            { "goal", null, null },
            { "contact", null, null },
            { "erase earlier", null, null },
            { "sensitive", null, null },
            { "country without signatures", null, null },
            { "notice in a new version", null, null },
            { "organisation", null, "wrong-state" },
            { "controller", null, "wrong-state" },
            { "erase later", null, "wrong-state" },
            { "erase never", null, "wrong-state" },
            { "text", null, "wrong-state" },
            { "country with signatures", null, "validation" },
            { "notice in the same version", "validation", "validation" },
        };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Change_is_refused_as_the_table_says(string change, string? before, string? after)
    {
        var draft = Apply(change);
        // The notice of version 1 was shown; any other version is new.
        var shown = draft.PrivacyNotice.Version == "1" ? new PrivacyNotice("1", "We keep your name.") : null;
        Assert.Equal(before, CampaignChangeRules.Refuse(_campaign, draft, null, shown, _edit)?.Code);
        Assert.Equal(after, CampaignChangeRules.Refuse(_campaign, draft, _signedFrom, shown, _edit)?.Code);
        var archived = _campaign with { State = CampaignState.Archived };
        Assert.Equal(Refusal.WrongState, CampaignChangeRules.Refuse(archived, draft, null, shown, _edit));
        Assert.Equal(change == "text", CampaignChangeRules.ChangesTexts(_campaign, draft));
    }

    [Fact]
    public void Sensitive_campaign_stays_sensitive_once_signed()
    {
        var sensitive = _campaign with { Sensitive = true };
        var draft = Example.DraftOf(_campaign);
        Assert.Null(CampaignChangeRules.Refuse(sensitive, draft, null, null, _edit));
        var refusal = CampaignChangeRules.Refuse(sensitive, draft, _signedFrom, null, _edit)!;
        Assert.Equal((Refusal.WrongState.Code, "sensitive"), (refusal.Code, Assert.Single(refusal.Errors!.Keys)));
    }

    private static CampaignDraft Apply(string change)
    {
        var draft = Example.DraftOf(_campaign);
        return change switch
        {
            "nothing" => draft,
            "goal" => draft with { Goal = 7 },
            "contact" => draft with { Controller = draft.Controller with { Contact = "new@example.org" } },
            "erase earlier" => draft with { EraseAfterDays = 1 },
            "sensitive" => draft with { Sensitive = true },
            "country without signatures" => draft with { Countries = [_campaign.Countries[0]] },
            "notice in a new version" => draft with { PrivacyNotice = new PrivacyNotice("2", "Other words.") },
            "organisation" => draft with { Organisation = "Others" },
            "controller" => draft with { Controller = draft.Controller with { Name = "Others" } },
            "erase later" => draft with { EraseAfterDays = 31 },
            "erase never" => draft with { EraseAfterDays = null },
            "text" => draft with { Texts = [draft.Texts[0] with { Demand = "Vi ber." }] },
            "country with signatures" => draft with { Countries = [_campaign.Countries[1]] },
            "notice in the same version" => draft with { PrivacyNotice = new PrivacyNotice("1", "Other words.") },
            _ => throw new ArgumentOutOfRangeException(nameof(change)),
        };
    }
}
