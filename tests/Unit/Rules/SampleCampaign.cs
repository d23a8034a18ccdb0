namespace Campaigns.Tests.Unit.Rules;

/// <summary>A campaign in memory, for tests of rules.</summary>
internal static class SampleCampaign
{
    public static readonly DateTimeOffset AddedAt = new(2019, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Campaign Create() =>
        new()
        {
            Id = 1,
            Slug = "chechnya",
            State = CampaignState.Open,
            Version = 3,
            Organisation = "All Out",
            Controller = new Controller("All Out", "privacy@example.org"),
            PrivacyNotice = new PrivacyNotice("1", "We keep your name."),
            Texts = [new PetitionText("nb-NO", 1, "Undersøk", "Vi krever.", "hash-1")],
            Countries = [new CampaignCountry("GB", 10, "en"), new CampaignCountry("NO", 5, "nb")],
            Recipients =
            [
                new Recipient("embassy", "Embassy", "1 Street", null, Recipient.LowRisk, Disclosure.Name, AddedAt),
                new Recipient("office", "Office", "", ["NO"], Recipient.HighRisk, Disclosure.Initials, AddedAt),
            ],
            Goal = 100,
            OpensAt = null,
            ClosesAt = null,
            ClosedAt = null,
            HandOverOn = null,
            AnswerWithinDays = 30,
            EraseAfterDays = 30,
            Sensitive = false,
            AllowedOrigins = [],
        };

    /// <summary>The draft that leaves the campaign as it is.</summary>
    public static CampaignDraft Draft(Campaign campaign) =>
        new()
        {
            Slug = campaign.Slug,
            Organisation = campaign.Organisation,
            Controller = campaign.Controller,
            PrivacyNotice = campaign.PrivacyNotice,
            Texts = [.. campaign.Texts.Select(text => new DraftText(text.Locale, text.Title, text.Demand))],
            Goal = campaign.Goal,
            Countries = campaign.Countries,
            Recipients =
            [
                .. campaign.Recipients.Select(recipient => new DraftRecipient(
                    recipient.Key,
                    recipient.Name,
                    recipient.Address,
                    recipient.Countries,
                    recipient.Risk,
                    recipient.MaxDisclosure
                )),
            ],
            AnswerWithinDays = campaign.AnswerWithinDays,
            EraseAfterDays = campaign.EraseAfterDays,
            Sensitive = campaign.Sensitive,
            AllowedOrigins = campaign.AllowedOrigins,
        };
}
