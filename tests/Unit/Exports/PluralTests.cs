using System.Globalization;
using System.Resources;
using Campaigns.Worker.Packets.Documents;

namespace Campaigns.Tests.Unit.Exports;

public sealed class PluralTests
{
    private static readonly string[] _counted =
    [
        "letter.presents",
        "letter.left",
        "letter.text",
        "letter.text-unknown",
        "letter.annexed",
        "letter.unnamed",
        "letter.supplement",
        "listed-later",
        "enclosed.volume",
        "read-me.csv.guarded",
        "people",
    ];

    [Theory]
    [InlineData("en", "people signatures cells texts", "person signature cell text")]
    [InlineData("nl", "mensen handtekeningen cellen teksten", "persoon handtekening cel tekst")]
    [InlineData("nb", "personer underskrifter celler tekster", "person underskrift celle tekst")]
    public void Sentence_with_a_number_has_a_form_for_one(string locale, string many, string one)
    {
        var plurals = many.Split(' ').Select(noun => "{0} " + noun).ToList();
        var singulars = one.Split(' ').Select(noun => "{0} " + noun).ToList();
        var resources = new ResourceManager(typeof(PacketTexts)).GetResourceSet(
            CultureInfo.GetCultureInfo(locale),
            createIfNotExists: true,
            tryParents: true
        )!;
        foreach (var key in _counted)
        {
            Assert.Contains("{0}", resources.GetString(key), StringComparison.Ordinal);
            var single = resources.GetString(key + ".one");
            Assert.NotNull(single);
            Assert.DoesNotContain(plurals, plural => single.Contains(plural, StringComparison.Ordinal));
        }
        Assert.Contains(singulars[0], resources.GetString("letter.presents.one"), StringComparison.Ordinal);
        // Every plural noun behind a number is in a sentence that is asked for by its number.
        foreach (System.Collections.DictionaryEntry entry in resources)
            if (plurals.Any(plural => ((string)entry.Value!).Contains(plural, StringComparison.Ordinal)))
                Assert.Contains((string)entry.Key, _counted);
    }

    [Fact]
    public void Command_counts_one_thing_and_several() =>
        Assert.Equal(
            ["0 signatures", "1 signature", "2 signatures", "1 entry", "0 entries"],
            [
                Plural.Count(0, "signature"),
                Plural.Count(1, "signature"),
                Plural.Count(2, "signature"),
                Plural.Count(1, "entry", "entries"),
                Plural.Count(0, "entry", "entries"),
            ]
        );
}
