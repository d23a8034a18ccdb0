namespace Campaigns.Tests.Unit.Rules;

/// <summary>The nearest language to the one that was asked for (BCP 47).</summary>
public sealed class LocalesTests
{
    [Theory]
    [InlineData("nb", "nb")]
    [InlineData("nb-NO", "nb")]
    [InlineData("NB", "nb")]
    [InlineData("no", "nb")]
    [InlineData("no-NO", "nb")]
    [InlineData("nn", "nb")]
    [InlineData("nn-NO", "nb")]
    [InlineData("nl-BE", "nl")]
    [InlineData("nl_BE", "nl")]
    [InlineData("nl-Latn-BE-x-private", "nl")]
    [InlineData("pt-BR", "pt-BR")]
    [InlineData("pt-br", "pt-BR")]
    [InlineData("pt", "pt-BR")]
    [InlineData("pt-PT", "pt-BR")]
    [InlineData("zh-Hant-TW", "zh-Hant")]
    [InlineData("en-US", "en")]
    [InlineData("fr", null)]
    [InlineData("n", null)]
    [InlineData("-", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Nearest_language_is_found(string? asked, string? found) =>
        Assert.Equal(found, Locales.Lookup(asked, ["en", "nl", "nb", "pt-BR", "zh-Hant"]));

    [Theory]
    [InlineData("nb-NO", "nb-NO")]
    [InlineData("nb", "nb-NO")]
    [InlineData("nn", "nb-NO")]
    [InlineData("en", "nb-NO")]
    [InlineData("xx", "nb-NO")]
    public void Campaign_shows_its_first_text_when_none_is_near(string asked, string shown) =>
        Assert.Equal(shown, SampleCampaign.Create().Text(asked).Locale);

    [Fact]
    public void Nynorsk_comes_before_Bokmal_only_when_it_is_there()
    {
        Assert.Equal("nn", Locales.Lookup("nn-NO", ["nb", "nn"]));
        Assert.Equal("nb", Locales.Lookup("no", ["nn", "nb"]));
        Assert.Equal("nn", Locales.Lookup("nb", ["en", "nn"]));
    }
}
