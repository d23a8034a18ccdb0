namespace Campaigns.Tests.Unit.Rules;

/// <summary>What a campaign needs before it opens.</summary>
public sealed class OpeningChecklistTests
{
    private static readonly Campaign _complete = SampleCampaign.Create() with
    {
        State = CampaignState.Draft,
        Sensitive = true,
        Texts =
        [
            new PetitionText("en", 1, "Investigate", "We ask you.", "hash-1"),
            new PetitionText("nb", 1, "Undersøk", "Vi krever.", "hash-2"),
        ],
        Recipients = [SampleCampaign.Create().Recipients[0]],
    };

    [Fact]
    public void Complete_campaign_has_every_step_done() =>
        Assert.Equal(OpeningChecklist.All, Steps(_complete).Where(step => step.IsDone).Select(step => step.Code));

    [Fact]
    public void Only_the_date_of_an_erasure_is_required() =>
        Assert.Equal(
            [OpeningChecklist.ErasureDate],
            Steps(_complete).Where(step => step.IsRequired).Select(step => step.Code)
        );

    [Fact]
    public void Each_step_is_open_for_a_campaign_without_it()
    {
        var lacks = new Dictionary<string, Campaign>
        {
            [OpeningChecklist.ErasureDate] = _complete with { HandOverOn = null },
            [OpeningChecklist.Recipients] = _complete with { Recipients = [] },
            [OpeningChecklist.Addresses] = _complete with
            {
                Recipients = [_complete.Recipients[0] with { Address = "" }],
            },
            [OpeningChecklist.Countries] = _complete with { Countries = [] },
            [OpeningChecklist.Languages] = _complete with { Texts = [_complete.Texts[0]] },
            [OpeningChecklist.ClosingTime] = _complete with { ClosesAt = SampleCampaign.AddedAt },
            [OpeningChecklist.Sensitive] = _complete with
            {
                Sensitive = false,
                Recipients = SampleCampaign.Create().Recipients.Where(one => one.Key == "office").ToList(),
            },
        };
        Assert.Equal(OpeningChecklist.All, lacks.Keys);
        foreach (var (code, campaign) in lacks)
            Assert.Contains(code, Steps(campaign).Where(step => !step.IsDone).Select(step => step.Code));
    }

    private static IReadOnlyList<OpeningStep> Steps(Campaign campaign) =>
        OpeningChecklist.Find(campaign, SampleCampaign.AddedAt);
}
