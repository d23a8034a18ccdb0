using Campaigns.Tests.Infrastructure;
using GeneratedClient;
using GeneratedClient.Models;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;

namespace Campaigns.Tests.Http.Document;

/// <summary>
/// A client that Kiota made from <c>docs/openapi.json</c> during the build, as a stranger would
/// make one.
/// </summary>
public sealed class GeneratedClientTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Generated_client_signs_confirms_and_reads_counts()
    {
        using var adapter = Adapter(new AnonymousAuthenticationProvider());
        var client = new CampaignClient(adapter);
        var listed = await client.Api.Campaigns.GetAsync(request => request.QueryParameters.Limit = 200);
        Assert.Contains(listed!.Items!, item => item.Slug == shared.Slug);
        var campaign = client.Api.Campaigns[shared.Slug];
        var before = (await campaign.Counts.GetAsync())!.Confirmed;

        var accepted = await campaign.Signatures.PostAsync(
            new SignRequest
            {
                Name = "Kari Nordmann",
                Email = "generated@example.org",
                Country = "NO",
                Disclosure = "initials",
                Consents = new SignConsents { Sign = true },
            }
        );
        Assert.Equal("check-your-mail", accepted!.Status);
        var letter = await shared.Server.Mail.WaitForAsync("generated@example.org", "/confirm/");
        var confirmed = await client.Api.Confirmations.PostAsync(
            new ConfirmRequest { Token = letter.Token("/confirm/") }
        );
        Assert.Equal((shared.Slug, "NO", "confirmed"), (confirmed!.Campaign, confirmed.Country, confirmed.Status));
        var counts = (await campaign.Counts.GetAsync())!;
        Assert.Equal(before + 1, counts.Confirmed);
        Assert.Equal(1, Assert.Single(counts.Countries!, country => country.Country == "NO").Confirmed);

        using var own = Adapter(new BaseBearerTokenAuthenticationProvider(new FixedToken(confirmed.ManageToken!)));
        var mine = await new CampaignClient(own).Api.My.Signature.GetAsync();
        Assert.Equal("Kari Nordmann", mine!.Name);
        Assert.True(mine.ConfirmedAt > DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task Generated_client_throws_the_problem_with_the_field()
    {
        using var adapter = Adapter(new AnonymousAuthenticationProvider());
        var problem = await Assert.ThrowsAsync<Problem>(() =>
            new CampaignClient(adapter)
                .Api.Campaigns[shared.Slug]
                .Signatures.PostAsync(
                    new SignRequest
                    {
                        Email = "not an address",
                        Country = "NO",
                        Consents = new SignConsents { Sign = true },
                    }
                )
        );
        Assert.Equal("urn:campaign:validation", problem.Type);
        Assert.Contains("email", problem.Errors!.AdditionalData.Keys);
    }

    private HttpClientRequestAdapter Adapter(IAuthenticationProvider authentication) =>
        new(authentication) { BaseUrl = shared.Server.Url.ToString().TrimEnd('/') };

    private sealed class FixedToken(string token) : IAccessTokenProvider
    {
        public AllowedHostsValidator AllowedHostsValidator { get; } = new();

        public Task<string> GetAuthorizationTokenAsync(
            Uri uri,
            Dictionary<string, object>? additionalAuthenticationContext = null,
            CancellationToken cancellationToken = default
        ) => Task.FromResult(token);
    }
}
