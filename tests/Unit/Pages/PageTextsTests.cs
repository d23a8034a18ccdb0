using System.Text.RegularExpressions;
using System.Xml.Linq;
using Campaigns.Db;

namespace Campaigns.Tests.Unit.Pages;

/// <summary>
/// The texts of the public pages and of the console. A screen says its own texts, those that all
/// screens share, and those of the public pages.
/// </summary>
public sealed class PageTextsTests
{
    // Words of the feed, which the public pages say too.
    private const string Timeline = "Endpoints/Timeline/TimelineTexts";

    private static readonly string _api = Path.Combine(InstallationRoot.Find().Path, "api");

    /// <summary>Every set of texts, by the path of its English file without its ending.</summary>
    public static TheoryData<string> Sets =>
        [
            .. Directory
                .EnumerateFiles(_api, "*Texts.resx", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(_api, file).Replace(".resx", "", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];

    [Theory, MemberData(nameof(Sets))]
    public void Every_text_exists_in_every_language_with_the_same_placeholders(string set)
    {
        var english = Read(set, "");
        foreach (var language in (string[])[".nl", ".nb"])
        {
            var translated = Read(set, language);
            Assert.Equal(english.Keys.Order(StringComparer.Ordinal), translated.Keys.Order(StringComparer.Ordinal));
            foreach (var (key, sentence) in english)
            {
                Assert.False(string.IsNullOrWhiteSpace(translated[key]), key);
                Assert.True(Places(sentence).SequenceEqual(Places(translated[key])), $"{key}: {translated[key]}");
            }
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public void Every_text_used_by_a_page_exists(string set)
    {
        var known = Said(set).SelectMany(said => Read(said, "").Keys).ToHashSet();
        foreach (var file in Directory.EnumerateFiles(Folder(set), "*.razor", Depth(set)))
        {
            var source = File.ReadAllText(file);
            foreach (Match said in Regex.Matches(source, """Say\("([A-Za-z.-]+)"(?! \+)"""))
                Assert.True(
                    known.Contains(said.Groups[1].Value),
                    $"{Path.GetFileName(file)} says {said.Groups[1].Value}"
                );
            foreach (Match counted in Regex.Matches(source, """Count\("([A-Za-z.]+)","""))
                Assert.True(
                    known.Contains(counted.Groups[1].Value + ".One")
                        && known.Contains(counted.Groups[1].Value + ".Many"),
                    counted.Value
                );
        }
    }

    [Theory, MemberData(nameof(Sets))]
    public void Every_text_is_used(string set)
    {
        // What several screens share is used in any of them; a screen's own only there.
        var folder = IsShared(set) ? _api : Folder(set);
        var sources = string.Concat(
            Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Append(Path.Combine(_api, "StaffConsole", "ConsolePage.cs"))
                .Where(file =>
                    file.EndsWith(".razor", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal)
                )
                .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
                .Select(File.ReadAllText)
        );
        foreach (var key in Read(set, "").Keys)
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

    private static string Folder(string set) => Path.GetDirectoryName(Path.Combine(_api, set))!;

    private static bool IsShared(string set) => set is "Pages/PageTexts" or "StaffConsole/ConsoleTexts" or Timeline;

    // The folders of the screens are inside the console's, with texts of their own.
    private static SearchOption Depth(string set) =>
        set == "StaffConsole/ConsoleTexts" ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories;

    private static IReadOnlyList<string> Said(string set) =>
        set == "Pages/PageTexts" ? [set, Timeline] : [set, "StaffConsole/ConsoleTexts", "Pages/PageTexts"];

    private static Dictionary<string, string> Read(string set, string language) =>
        XDocument
            .Load(Path.Combine(_api, $"{set}{language}.resx"))
            .Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static IEnumerable<string> Places(string sentence) =>
        Regex.Matches(sentence, @"\{\d+\}").Select(place => place.Value).Distinct().Order(StringComparer.Ordinal);
}
