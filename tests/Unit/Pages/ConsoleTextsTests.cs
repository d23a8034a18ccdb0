using System.Text.RegularExpressions;
using System.Xml.Linq;
using Campaigns.Db;

namespace Campaigns.Tests.Unit.Pages;

public sealed partial class ConsoleTextsTests
{
    private static readonly string _folder = Path.Combine(InstallationRoot.Find().Path, "api", "StaffConsole");

    [Fact]
    public void Every_text_of_the_console_exists_in_every_language_with_the_same_placeholders()
    {
        var files = Directory
            .EnumerateFiles(_folder, "*.resx", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file).Split('.').Length == 2)
            .ToList();
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var english = Read(file);
            foreach (var language in Locales.Supported.Where(locale => locale != Locales.Default))
            {
                var translated = Read(Path.ChangeExtension(file, $".{language}.resx"));
                Assert.Equal(english.Keys.Order(StringComparer.Ordinal), translated.Keys.Order(StringComparer.Ordinal));
                foreach (var (key, sentence) in english)
                {
                    Assert.False(string.IsNullOrWhiteSpace(translated[key]), key);
                    Assert.True(Places(sentence).SequenceEqual(Places(translated[key])), $"{key}: {translated[key]}");
                }
            }
        }
    }

    private static Dictionary<string, string> Read(string file) =>
        XDocument
            .Load(file)
            .Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static IEnumerable<string> Places(string sentence) =>
        Place().Matches(sentence).Select(place => place.Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Place();
}
