using System.Text.RegularExpressions;
using System.Xml.Linq;
using Campaigns.Db;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Mail.Compose;

namespace Campaigns.Tests.Unit.Letters;

public sealed class LetterTextsTests
{
    private const string Url = "https://petitions.example.org/base";
    private static readonly LetterFacts _facts = new(
        "All Out & Company",
        "Investigate the crimes in <Chechnya>",
        "en",
        Url
    );
    private static readonly string _token = new('T', 48);
    private static readonly string _other = new('N', 71);

    public static TheoryData<string, string> Letters()
    {
        var letters = new TheoryData<string, string>();
        foreach (var locale in Locales.Supported)
        {
            foreach (var kind in (string[])["confirm", "manage", "already-signed", "subscription"])
                letters.Add(locale, kind);
        }
        return letters;
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public async Task Links_are_complete_in_both_parts_and_on_their_own_line_in_the_text(string locale, string kind)
    {
        var parsed = await ReadAsync(locale, kind);
        string[] links = kind switch
        {
            "confirm" => [$"{Url}/confirm/{_token}", $"{Url}/not-me/{_other}"],
            "subscription" => [$"{Url}/subscribe/{_token}"],
            _ => [$"{Url}/my/{_token}"],
        };
        var lines = parsed.Text.Split('\n');
        Assert.All(links, link => Assert.Contains(link, lines));
        Assert.Equal(links, Regex.Matches(parsed.Text, @"https?://\S+").Select(match => match.Value));
        Assert.All(links, link => Assert.Contains($"href=\"{link}\"", parsed.Html, StringComparison.Ordinal));
        Assert.All(lines.Where(line => !line.StartsWith("https://", StringComparison.Ordinal)), line =>
            Assert.InRange(line.Length, 0, 72)
        );
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public async Task Subject_reveals_nothing_and_the_body_names_the_campaign(string locale, string kind)
    {
        var parsed = await ReadAsync(locale, kind);
        Assert.DoesNotMatch(
            new Regex("all out|company|investigate|crimes|chechnya|petition", RegexOptions.IgnoreCase),
            parsed.Headers["Subject"]
        );
        foreach (var part in (string[])[parsed.Text, System.Net.WebUtility.HtmlDecode(parsed.Html)])
        {
            Assert.Contains(_facts.Title, part, StringComparison.Ordinal);
            Assert.Contains(_facts.Organisation, part.ReplaceLineEndings(" "), StringComparison.Ordinal);
        }
        Assert.Equal(kind == "confirm", parsed.Text.Contains('7', StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public async Task Letter_loads_nothing_and_runs_no_script(string locale, string kind)
    {
        var html = (await ReadAsync(locale, kind)).Html;
        Assert.DoesNotMatch(
            new Regex("<(img|link|script|iframe|object|form|input)|url\\(|@import|src=", RegexOptions.IgnoreCase),
            html
        );
        Assert.Contains($"<html lang=\"{locale}\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<Chechnya>", html, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public async Task Letter_of_a_sensitive_campaign_does_not_begin_with_the_title(string locale, string kind)
    {
        var parsed = await ReadAsync(locale, kind, _facts with { Organisation = "A", Sensitive = true });
        var page = Regex.Replace(parsed.Html, "<head>.*</head>|<[^>]+>", "", RegexOptions.Singleline);
        foreach (var part in (string[])[parsed.Text, System.Net.WebUtility.HtmlDecode(page)])
        {
            // Without the links, because programs leave them out of a preview.
            var words = Regex.Replace(Regex.Replace(part, @"https?://\S+", ""), @"\s+", " ").Trim();
            Assert.Contains(_facts.Title, words, StringComparison.Ordinal);
            Assert.InRange(words.IndexOf(_facts.Title, StringComparison.Ordinal), 200, int.MaxValue);
        }
    }

    [Fact]
    public void Every_text_is_translated_in_every_language()
    {
        var folder = Path.Combine(InstallationRoot.Find().Path, "worker", "Mail", "Compose");
        var english = Sentences(Path.Combine(folder, "LetterTexts.resx"));
        foreach (var locale in Locales.Supported.Where(locale => locale != Locales.Default))
        {
            var others = Sentences(Path.Combine(folder, $"LetterTexts.{locale}.resx"));
            Assert.Equal(english.Keys.Order(), others.Keys.Order());
            Assert.All(english, pair => Assert.NotEqual(pair.Value, others[pair.Key]));
            Assert.All(english, pair =>
                Assert.Equal(
                    pair.Value.Contains("{0}", StringComparison.Ordinal),
                    others[pair.Key].Contains("{0}", StringComparison.Ordinal)
                )
            );
        }
    }

    private static Dictionary<string, string> Sentences(string file) =>
        XDocument
            .Load(file)
            .Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static Task<ParsedLetter> ReadAsync(string locale, string kind, LetterFacts? of = null)
    {
        var facts = of ?? _facts;
        var texts = CapturedLetters.Texts();
        var text = kind switch
        {
            "confirm" => texts.Confirm(locale, facts, _token, _other),
            "manage" => texts.Manage(locale, facts, _token),
            "subscription" => texts.Subscription(locale, facts, _token),
            _ => texts.AlreadySigned(locale, facts, _token),
        };
        return ParsedLetter.ReadAsync(
            MimeLetter
                .Compose(
                    TestLetter.Name(42),
                    TestLetter.Sender,
                    Mailbox.FromAddress("kari@example.org")!,
                    LetterBody.Render(text),
                    DateTimeOffset.UnixEpoch
                )
                .Content
        );
    }
}
