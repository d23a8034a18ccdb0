namespace Campaigns.Tests.Unit.Rules;

/// <summary>What the screen says that a change does to those who signed before.</summary>
public sealed class CampaignConsequencesTests
{
    private static readonly Campaign _campaign = SampleCampaign.Create();

    private static readonly CampaignDraft _same = new()
    {
        Slug = _campaign.Slug,
        Organisation = _campaign.Organisation,
        Controller = _campaign.Controller,
        PrivacyNotice = _campaign.PrivacyNotice,
        Texts = [.. _campaign.Texts.Select(text => new DraftText(text.Locale, text.Title, text.Demand))],
        Goal = _campaign.Goal,
        Countries = _campaign.Countries,
        Recipients =
        [
            .. _campaign.Recipients.Select(one => new DraftRecipient(
                one.Key,
                one.Name,
                one.Address,
                one.Countries,
                one.Risk,
                one.MaxDisclosure
            )),
        ],
        HandOverOn = _campaign.HandOverOn,
        AnswerWithinDays = _campaign.AnswerWithinDays,
        EraseAfterDays = _campaign.EraseAfterDays,
        AllowedOrigins = [],
    };

    [Fact]
    public void Change_without_a_consequence_has_none()
    {
        Assert.Empty(CampaignConsequences.Find(_campaign, _same));
        Assert.Empty(CampaignConsequences.Find(_campaign, _same with { Goal = 7, AnswerWithinDays = 3 }));
    }

    [Fact]
    public void Each_consequence_follows_from_its_change()
    {
        var embassy = _same.Recipients[0];
        var office = _same.Recipients[1];
        Assert.Equal(
            [
                new(CampaignConsequences.PacketsStale, "Embassy"),
                new(CampaignConsequences.CountedOnly, "Consulate"),
            ],
            Find(_same with { Recipients = [embassy with { Name = "Consulate" }, office] })
        );
        Assert.Equal(
            [new(CampaignConsequences.PacketsStale, "Embassy")],
            Find(_same with { Recipients = [embassy with { MaxDisclosure = Disclosure.Count }, office] })
        );
        Assert.Equal(
            [new(CampaignConsequences.CountedOnly, "Ministry")],
            Find(_same with { Recipients = [embassy, office, embassy with { Key = "ministry", Name = "Ministry" }] })
        );
        Assert.Equal(
            [new(CampaignConsequences.ListedLater, "NL")],
            Find(_same with { Countries = [.. _same.Countries, new CampaignCountry("NL", 1, null)] })
        );
        Assert.Equal(
            [new(CampaignConsequences.Notice)],
            Find(_same with { PrivacyNotice = new PrivacyNotice("2", "We keep less.") })
        );
        Assert.Equal([new(CampaignConsequences.Erasure)], Find(_same with { EraseAfterDays = 20 }));
        Assert.Equal([new(CampaignConsequences.Sensitive)], Find(_same with { Sensitive = true }));
    }

    private static IReadOnlyList<CampaignConsequence> Find(CampaignDraft draft) =>
        CampaignConsequences.Find(_campaign, draft);
}
