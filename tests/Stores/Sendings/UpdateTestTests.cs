using System.Text.RegularExpressions;
using Campaigns.Db.Sendings;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Letters;

namespace Campaigns.Tests.Stores.Sendings;

/// <summary>The test of an update that a member mails to themselves.</summary>
public sealed class UpdateTestTests : IAsyncLifetime
{
    private SendingFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await SendingFixture.OpenAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Test_goes_to_the_confirmed_address_in_the_language_asked_for()
    {
        var member = await JoinAsync();
        Assert.Equal("wrong-state", (await AskAsync(member, "nl"))!.Code);
        await ConfirmAsync();
        Assert.Null(await AskAsync(member, "nl"));
        await _fixture.Letters.SendAsync();
        var letter = _fixture.Letters.Server.Letters.Last();
        Assert.Contains("To: <anne@example.org>", letter, StringComparison.Ordinal);
        Assert.Contains("Sinds december.", letter, StringComparison.Ordinal);
        // Neither the header nor a working link: a member is no subscriber.
        Assert.DoesNotContain("List-Unsubscribe", letter, StringComparison.Ordinal);
        Assert.Contains("/unsubscribe/test", letter, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Number_of_tests_in_a_day_is_limited()
    {
        var member = await JoinAsync();
        await ConfirmAsync();
        for (var tests = 0; tests < LetterRules.MostTests; tests++)
            Assert.Null(await AskAsync(member, "en"));
        Assert.Equal(Refusal.RateLimited, await AskAsync(member, "en"));
    }

    private Task<Refusal?> AskAsync(long member, string locale) =>
        _fixture
            .Campaign.Get<UpdateTestStore>()
            .SendAsync(_fixture.Campaign.Campaign, _fixture.Update, locale, new Actor(member));

    private async Task<long> JoinAsync()
    {
        var invitations = _fixture.Campaign.Get<InvitationStore>();
        var (_, token) = await invitations.InviteAsync("Anne", Role.Campaigner, [], Actor.Operator);
        return (await invitations.JoinAsync(token, new Joining("anne@example.org", "hash", null, "en"))).Value;
    }

    private async Task ConfirmAsync()
    {
        await _fixture.Letters.SendAsync();
        var token = Regex
            .Match(_fixture.Letters.Server.Letters.Last(), "/staff/confirm-address/([A-Za-z0-9_-]{40,})")
            .Groups[1]
            .Value;
        Assert.Null(await _fixture.Campaign.Get<AddressStore>().ConfirmAsync(token));
    }
}
