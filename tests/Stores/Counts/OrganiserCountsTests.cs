using Campaigns.Db.Counts;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Stores.Counts;

/// <summary>An organiser's figures are those of their own countries.</summary>
public sealed class OrganiserCountsTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture().StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Unsealed_and_lost_lines_of_other_countries_are_not_counted()
    {
        await _fixture.ConfirmAsync("one@example.org", "GB");
        await _fixture.ConfirmAsync("two@example.org", "NL");
        await _fixture.ConfirmAsync("three@example.org", "FR");
        // As a restore leaves it: a line in the ledger whose signature is gone.
        await _fixture.Database.Writes.RunAsync(write =>
        {
            write.Count(_fixture.Campaign.Id, "NL", "confirmed", -1);
            return true;
        });

        Assert.Equal((3, 1), Figures(null));
        Assert.Equal((1, 0), Figures("GB"));
        Assert.Equal((1, 1), Figures("NL"));
        Assert.Equal((2, 1), Figures("GB", "NL"));
        // France is not listed, so its line is among those of all other countries.
        Assert.Equal((0, 0), Figures("FR"));
    }

    private (long Unsealed, long WithoutSignature) Figures(params string[]? countries)
    {
        var figures = _fixture.Get<CountStore>().ForStaff(_fixture.Campaign, countries);
        return (figures.Unsealed, figures.WithoutSignature);
    }
}
