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
            HandOverOn = new DateOnly(2019, 5, 17),
            AnswerWithinDays = 30,
            EraseAfterDays = 30,
            Sensitive = false,
            ChosenTimeZone = null,
            AllowedOrigins = [],
        };
}
