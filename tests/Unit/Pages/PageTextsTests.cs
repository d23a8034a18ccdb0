using System.Text.RegularExpressions;
using System.Xml.Linq;
using Campaigns.Db;

namespace Campaigns.Tests.Unit.Pages;

public sealed class PageTextsTests
{
    private static readonly string _folder = Path.Combine(InstallationRoot.Find().Path, "api", "Pages");
    private static readonly Dictionary<string, string> _english = Read("PageTexts.resx");

    [Theory, InlineData("nl"), InlineData("nb")]
    public void Every_text_exists_in_every_language_with_the_same_placeholders(string language)
    {
        var translated = Read($"PageTexts.{language}.resx");
        Assert.Equal(_english.Keys.Order(StringComparer.Ordinal), translated.Keys.Order(StringComparer.Ordinal));
        foreach (var (key, sentence) in _english)
        {
            Assert.False(string.IsNullOrWhiteSpace(translated[key]), key);
            Assert.True(Places(sentence).SequenceEqual(Places(translated[key])), $"{key}: {translated[key]}");
        }
    }

    [Fact]
    public void Every_text_used_by_a_page_exists()
    {
        foreach (var file in Directory.EnumerateFiles(_folder, "*.razor", SearchOption.AllDirectories))
        {
            var source = File.ReadAllText(file);
            foreach (Match said in Regex.Matches(source, """Say\("([A-Za-z.-]+)"(?! \+)"""))
                Assert.True(
                    _english.ContainsKey(said.Groups[1].Value),
                    $"{Path.GetFileName(file)} says {said.Groups[1].Value}"
                );
            foreach (Match counted in Regex.Matches(source, """Count\("([A-Za-z.]+)","""))
                Assert.True(
                    _english.ContainsKey(counted.Groups[1].Value + ".One")
                        && _english.ContainsKey(counted.Groups[1].Value + ".Many"),
                    counted.Value
                );
        }
    }

    [Fact]
    public void Every_text_is_used()
    {
        var sources = string.Concat(
            Directory
                .EnumerateFiles(_folder, "*", SearchOption.AllDirectories)
                .Where(file =>
                    file.EndsWith(".razor", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal)
                )
                .Select(File.ReadAllText)
        );
        foreach (var key in _english.Keys)
        {
            // A key is used as a whole, or built from a prefix: of a message, a disclosure, a state or a number.
            var said =
                sources.Contains($"\"{key}\"", StringComparison.Ordinal)
                || key.Split('.').Length > 1
                    && Regex.IsMatch(
                        sources,
                        $"\"{Regex.Escape(key[..key.IndexOf('.', StringComparison.Ordinal)])}[\".]"
                    );
            Assert.True(said, $"{key} is not used");
        }
    }

    private static Dictionary<string, string> Read(string file) =>
        XDocument
            .Load(Path.Combine(_folder, file))
            .Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static IEnumerable<string> Places(string sentence) =>
        Regex.Matches(sentence, @"\{\d+\}").Select(place => place.Value).Distinct().Order(StringComparer.Ordinal);
}
