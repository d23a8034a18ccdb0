using Campaigns.Crypto;
using Campaigns.Signatures;

namespace Campaigns.Tests.Unit.Signatures;

/// <summary>The mail providers that counters tell apart.</summary>
public sealed class MailProviderTests
{
    [Theory]
    [InlineData("kari@gmail.com", "gmail")]
    [InlineData("Kari@GoogleMail.com", "gmail")]
    [InlineData("kari@hotmail.no", "outlook")]
    [InlineData("kari@live.co.uk", "outlook")]
    [InlineData("kari@home.nl", "ziggo")]
    [InlineData("kari@online.no", "telenor")]
    [InlineData("kari@example.org", "other")]
    // Only the whole domain names a provider.
    [InlineData("kari@mail.gmail.com", "other")]
    [InlineData("kari@gmail.com.example.org", "other")]
    public void Domain_names_the_provider(string address, string provider)
    {
        Assert.Equal(provider, MailProvider.FromAddress(address));
        Assert.Equal(provider, MailProvider.FromDomain(EmailAddress.Parse(address).Address!.Domain));
    }

    [Fact]
    public void Numbers_of_providers_fit_into_a_link_and_stay()
    {
        Assert.True(MailProvider.All.Count <= MailProvider.NumberLimit);
        Assert.Equal(MailProvider.All.Count, MailProvider.All.Distinct().Count());
        // Links that were sent carry these numbers.
        Assert.Equal(["unknown", "other", "gmail", "outlook", "yahoo", "icloud"], MailProvider.All.Take(6));
        Assert.Equal(("wp.pl", 30), (MailProvider.All[^1], MailProvider.NumberOf("wp.pl")));
        Assert.Equal(MailProvider.Unknown, MailProvider.FromNumber(31));
    }

    [Fact]
    public void Link_carries_the_provider_and_a_changed_one_is_refused()
    {
        var tokens = new LinkTokens(
            new() { [1] = new byte[32] },
            new Dictionary<int, DateTimeOffset>(),
            _ => null,
            TimeProvider.System
        );
        foreach (var provider in Enumerable.Range(0, MailProvider.NumberLimit))
        {
            var link = tokens.Write(LinkPurpose.Confirm, 7, 8, 0, provider: provider);
            Assert.Equal(48, link.Length);
            Assert.True(tokens.TryRead(LinkPurpose.Confirm, link, out var token));
            Assert.Equal((provider, 8L), (token.Provider, token.RowId));
            Assert.False(tokens.TryRead(LinkPurpose.Manage, link, out _));
        }
        Assert.True(tokens.TryRead(LinkPurpose.Confirm, tokens.Write(LinkPurpose.Confirm, 7, 8, 0), out var plain));
        Assert.Equal(0, plain.Provider);
        var changed = tokens.Write(LinkPurpose.Confirm, 7, 8, 0, provider: 2).ToCharArray();
        changed[0] = changed[0] == 'A' ? 'B' : 'A';
        Assert.False(tokens.TryRead(LinkPurpose.Confirm, new string(changed), out _));
        Assert.Throws<OverflowException>(() =>
            tokens.Write(LinkPurpose.Confirm, 7, 8, 0, provider: MailProvider.NumberLimit)
        );
    }
}
