namespace Campaigns.Tests.Unit.Exports;

public sealed class LanguageTests
{
    [Theory]
    [InlineData("nb", "en", "Norwegian Bokmål")]
    [InlineData("nb", "nl", "Noors - Bokmål")]
    [InlineData("nb", "nb", "Norsk bokmål")]
    [InlineData("ru", "nl", "Russisch")]
    [InlineData("pt-BR", "en", "Portuguese (BR)")]
    [InlineData("en", "ru", "Английский")]
    [InlineData("en", "fi", "English")]
    [InlineData("qqq", "en", "qqq")]
    public void Language_is_named_in_the_language_of_the_packet(string tag, string locale, string name) =>
        Assert.Equal(name, Language.Name(tag, locale));
}
