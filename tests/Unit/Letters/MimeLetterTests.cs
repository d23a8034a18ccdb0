using System.Text;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Mail.Compose;

namespace Campaigns.Tests.Unit.Letters;

public sealed class MimeLetterTests
{
    private static readonly DateTimeOffset _now = new(2019, 5, 17, 9, 5, 7, TimeSpan.Zero);
    private static readonly Mailbox _to = Mailbox.FromAddress("Kari.Nordmann@example.org")!;

    [Theory]
    [InlineData("plain words of a letter")]
    [InlineData("æøå, naïve, надежда, ελπίδα, שלום, 你好, 👩🏽‍🚀")]
    [InlineData("=41 = =\t. trailing space ")]
    [InlineData("<script>alert(\"1\")</script> & 'so on'")]
    public async Task Both_parts_contain_the_text(string words)
    {
        var letter = await ComposeAsync(
            new Paragraph(words),
            new Paragraph(string.Join(' ', Enumerable.Repeat(words, 60)))
        );
        Assert.Empty(letter.Defects);
        Assert.StartsWith(
            string.Join(' ', words.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)) + "\n",
            letter.Text,
            StringComparison.Ordinal
        );
        Assert.Contains(words, System.Net.WebUtility.HtmlDecode(letter.Html), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Header_has_sender_date_and_automatic_mail_marks()
    {
        var letter = await ComposeAsync(new Paragraph("Hello."));
        Assert.Equal("Fri, 17 May 2019 09:05:07 +0000", letter.Headers["Date"]);
        Assert.Equal("<letter42@example.org>", letter.Headers["Message-ID"]);
        Assert.Equal("auto-generated", letter.Headers["Auto-Submitted"]);
        Assert.Equal("All", letter.Headers["X-Auto-Response-Suppress"]);
        Assert.Equal("Kari.Nordmann@example.org", letter.Headers["To"]);
        Assert.StartsWith("multipart/alternative", letter.Headers["Content-Type"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Campaign <a@example.org>", "Campaign", "a@example.org")]
    [InlineData(
        "\"All Out, \\\"Europe\\\" \\\\ more\" <a@example.org>",
        "All Out, \"Europe\" \\ more",
        "a@example.org"
    )]
    [InlineData("Ønsker & håp <a@blåbær.example>", "Ønsker & håp", "a@xn--blbr-roah.example")]
    [InlineData("=?utf-8?B?SGVp?= <a@example.org>", "=?utf-8?B?SGVp?=", "a@example.org")]
    [InlineData("petitions@localhost", "", "petitions@localhost")]
    public async Task Sender_name_is_decoded_as_the_operator_wrote_it(string setting, string name, string address)
    {
        var letter = MimeLetter.Compose(TestLetter.Name(42), Mailbox.Parse(setting)!, _to, Letter("Hello"), _now);
        var parsed = await ParsedLetter.ReadAsync(letter.Content);
        Assert.Equal((name, address), (parsed.FromName, parsed.FromAddress));
        Assert.Empty(parsed.Defects);
    }

    [Theory]
    [InlineData("Short")]
    [InlineData(
        "Bekreft underskriften din på oppropet, så teller den: 👍🏽 "
            + "nå også for deg som venter lenge på svar fra oss alle sammen"
    )]
    [InlineData("A subject in plain ASCII that is so long that it would not fit on a line of seventy-eight characters")]
    [InlineData("=?utf-8?Q?not_encoded?=")]
    public async Task Subject_is_decoded_unchanged(string subject)
    {
        var letter = MimeLetter.Compose(TestLetter.Name(42), TestLetter.Sender, _to, Letter(subject), _now);
        Assert.Equal(subject, (await ParsedLetter.ReadAsync(letter.Content)).Headers["Subject"]);
    }

    [Fact]
    public void Line_break_in_a_subject_adds_no_header()
    {
        var letter = MimeLetter.Compose(
            TestLetter.Name(42),
            TestLetter.Sender,
            _to,
            Letter("a\r\nBcc: x@example.org"),
            _now
        );
        Assert.DoesNotContain(
            "\nBcc:",
            Encoding.UTF8.GetString(letter.Content.Span).Split("\r\n\r\n")[0],
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("a@example.org\r\nRCPT TO:<b@example.org>")]
    [InlineData("a@example.org>\r\nDATA")]
    [InlineData("a b@example.org")]
    [InlineData("a@example.org, b@example.org")]
    [InlineData("\"a b\"@example.org")]
    [InlineData("a@[127.0.0.1]")]
    [InlineData("a@exa\u200bmple.org")]
    [InlineData("no-at-sign")]
    public void Mailbox_with_line_ends_or_second_recipient_is_refused(string address)
    {
        Assert.Null(Mailbox.FromAddress(address));
        Assert.Null(Mailbox.Parse($"Name <{address}>"));
    }

    [Theory]
    [InlineData("Name\r\nBcc: x@example.org <a@example.org>")]
    [InlineData("\"unclosed <a@example.org>")]
    [InlineData("a@example.org, Name <b@example.org>x")]
    [InlineData("")]
    public void Invalid_sender_is_refused(string setting) => Assert.Null(Mailbox.Parse(setting));

    [Theory]
    [InlineData("kari@example.org", "en")]
    [InlineData("kåre@blåbær.example", "nb")]
    public void Lines_are_short_and_end_with_CRLF(string address, string locale)
    {
        var facts = new LetterFacts(
            new string('Ø', 300),
            string.Concat(Enumerable.Repeat("håp 👩🏽‍🚀 ", 60)),
            "nb",
            "https://" + new string('a', 50) + ".example.org/" + new string('b', 200)
        );
        var letter = MimeLetter.Compose(
            TestLetter.Name(42),
            TestLetter.Sender,
            Mailbox.FromAddress(address)!,
            LetterBody.Render(CapturedLetters.Texts().Confirm(locale, facts, new('c', 48), new('d', 48))),
            _now
        );
        var text = Encoding.UTF8.GetString(letter.Content.Span);
        Assert.DoesNotContain('\r', text.Replace("\r\n", "", StringComparison.Ordinal));
        Assert.DoesNotContain('\n', text.Replace("\r\n", "", StringComparison.Ordinal));
        Assert.All(text.Split("\r\n"), line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 0, 998));
        var body = text[text.IndexOf("\r\n\r\n", StringComparison.Ordinal)..];
        Assert.All(body.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
        Assert.True(Ascii.IsValid(body));
    }

    [Fact]
    public void Composing_allocates_little_besides_the_letter()
    {
        var facts = new LetterFacts(
            "All Out",
            "Investigate the crimes in Chechnya",
            "en",
            "https://petitions.example.org"
        );
        var text = LetterBody.Render(CapturedLetters.Texts().Confirm("en", facts, "__confirm__", "__not-me__"));
        var (confirm, notMe) = ("__confirm__"u8.ToArray(), "__not-me__"u8.ToArray());
        MimeLetter Compose() =>
            MimeLetter.Compose(
                TestLetter.Name(42),
                TestLetter.Sender,
                _to,
                text,
                _now,
                new LinkToken(confirm, new('c', 48)),
                new LinkToken(notMe, new('d', 48))
            );
        for (var warmUp = 0; warmUp < 10; warmUp++)
            Compose();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var letter = Compose();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(letter.Content.Length, 3000, 6000);
        Assert.InRange(allocated - letter.Content.Length, 0, 4 * 1024);
    }

    private static LetterBody Letter(string subject) =>
        LetterBody.Render(new LetterText("en", subject, [new Paragraph("x")]));

    private static async Task<ParsedLetter> ComposeAsync(params LetterBlock[] blocks) =>
        await ParsedLetter.ReadAsync(
            MimeLetter
                .Compose(
                    TestLetter.Name(42),
                    TestLetter.Sender,
                    _to,
                    LetterBody.Render(new LetterText("en", "Hello", blocks)),
                    _now
                )
                .Content
        );
}
