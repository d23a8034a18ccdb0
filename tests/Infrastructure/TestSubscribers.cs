using System.Net;
using Campaigns.Crypto;
using Campaigns.Db.Keys;
using Campaigns.Db.Subscribers;
using Campaigns.Signatures;
using Campaigns.Subscribers;
using Dapper;

namespace Campaigns.Tests.Infrastructure;

/// <summary>People who ask a fixture's campaign for updates.</summary>
internal static class TestSubscribers
{
    /// <summary>Asks for updates without pressing the button of the letter.</summary>
    public static Task RequestUpdatesAsync(
        this CampaignFixture fixture,
        string email,
        string? country = "NO",
        string locale = "en"
    ) =>
        fixture
            .Get<SubscriberStore>()
            .RequestAsync(
                fixture.Campaign,
                new NewSubscription(
                    EmailAddress.Parse(email).Address!,
                    locale,
                    country,
                    fixture.Campaign.PrivacyNotice.Version,
                    TextHash.ComputeWording("I want news.")
                ),
                IPAddress.Loopback
            );

    /// <summary>Asks and presses the button; returns the link that unsubscribes.</summary>
    public static async Task<string> SubscribeAsync(this CampaignFixture fixture, string email, string? country = "NO")
    {
        await fixture.RequestUpdatesAsync(email, country);
        Assert.Null((await fixture.Get<SubscriberStore>().SubscribeAsync(fixture.SubscribeLink(email))).Refusal);
        return fixture.UnsubscribeLink(email);
    }

    /// <summary>The newest link of the letter to an address.</summary>
    public static string SubscribeLink(this CampaignFixture fixture, string email)
    {
        var row = fixture.FindSubscriber(email)!;
        return fixture.Link(LinkPurpose.Subscribe, row.Id, generation: (int)row.Generation);
    }

    /// <summary>The link that a letter sent now to an address would have.</summary>
    public static string UnsubscribeLink(this CampaignFixture fixture, string email)
    {
        var row = fixture.FindSubscriber(email)!;
        return fixture.Get<SubscriberEncryption>().UnsubscribeToken(row.CampaignId, row.Id, row.Index);
    }

    public static Task UnsubscribeAsync(this CampaignFixture fixture, string link) =>
        fixture.Get<SubscriberStore>().UnsubscribeAsync(link);

    /// <summary>The row of an address, active or not; null if there is none.</summary>
    public static SubscriberRow? FindSubscriber(this CampaignFixture fixture, string email) =>
        fixture.Query(connection =>
            SubscriberTable.Find(
                connection,
                fixture.Campaign.Id,
                fixture
                    .Get<KeyRing>()
                    .BlindIndex.SubscriberCandidates(fixture.Campaign.Id, EmailAddress.Parse(email).Address!.Normalised)
            )
        );

    /// <summary>The addresses that get updates, in order of their rows.</summary>
    public static IReadOnlyList<string> Subscribers(this CampaignFixture fixture) =>
        fixture.Query(connection =>
            connection
                .Query<SubscriberRow>(
                    $"SELECT {SubscriberRow.Columns} FROM subscribers WHERE state = 'active' ORDER BY id"
                )
                .Select(one => fixture.Get<SubscriberEncryption>().Decrypt(one.Id, one.Address!).Typed)
                .ToList()
        );

    /// <summary>Signs with the consent to updates and confirms; returns the id.</summary>
    public static async Task<long> ConfirmWithUpdatesAsync(this CampaignFixture fixture, string email)
    {
        var signature = Example.Signature(fixture.Campaign, email) with { Updates = true };
        await fixture.Get<Db.Signatures.SigningStore>().SignAsync(fixture.Campaign, signature, null);
        var id = fixture.Query(connection => connection.QuerySingle<long>("SELECT max(id) FROM signatures"));
        var link = fixture.Link(LinkPurpose.Confirm, id);
        Assert.Null((await fixture.Get<Db.Signatures.ConfirmationStore>().ConfirmAsync(link)).Refusal);
        return id;
    }
}
