using System.Text.Json.Nodes;
using Campaigns.Signatures;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// The demonstration campaign that the product ships, with real facts and figures of 2019, and one
/// who signs.
/// </summary>
public static class Example
{
    public static JsonObject Campaign() =>
        (JsonObject)JsonNode.Parse(Campaigns.Api.Commands.Demonstration.Json())!["campaign"]!.DeepClone();

    /// <summary>The same campaign under another slug.</summary>
    public static JsonObject Campaign(string slug)
    {
        var body = Campaign();
        body["slug"] = slug;
        return body;
    }

    /// <summary>A small campaign for tests without HTTP.</summary>
    public static CampaignDraft Draft(string slug) =>
        new()
        {
            Slug = slug,
            Organisation = "All Out",
            Controller = new("All Out", "privacy@example.org"),
            PrivacyNotice = new("1", "We keep little."),
            Texts = [new("en", "Investigate", "We ask you.")],
            Goal = 100,
            Countries = [new("GB", 50, "en"), new("NL", 50, "nl")],
            Recipients = [new("embassy-london", "Embassy", "London", ["GB"], Recipient.LowRisk, Disclosure.Name)],
            AllowedOrigins = [],
        };

    /// <summary>The draft that leaves the campaign as it is.</summary>
    public static CampaignDraft DraftOf(Campaign campaign) =>
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
                )
                {
                    AnswerWithin = recipient.AnswerWithin,
                }),
            ],
            OpensAt = campaign.OpensAt,
            ClosesAt = campaign.ClosesAt,
            HandOverOn = campaign.HandOverOn,
            AnswerWithinDays = campaign.AnswerWithinDays,
            EraseAfterDays = campaign.EraseAfterDays,
            Sensitive = campaign.Sensitive,
            TimeZone = campaign.ChosenTimeZone,
            AllowedOrigins = campaign.AllowedOrigins,
        };

    /// <summary>What a supporter of a stored campaign signs.</summary>
    public static NewSignature Signature(Campaign campaign, string email, string country = "GB") =>
        new(
            "Kari Nordmann",
            EmailAddress.Parse(email).Address!,
            country,
            null,
            "en",
            Disclosure.Name,
            false,
            campaign.Text("en").Hash
        );
}
