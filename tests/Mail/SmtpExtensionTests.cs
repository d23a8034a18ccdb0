using System.Text;
using Campaigns.Letters;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Mail;

namespace Campaigns.Tests.Mail;

/// <summary>
/// BDAT (RFC 3030) and DSN (RFC 3461), which a session uses where the server offers them.
/// </summary>
public sealed class SmtpExtensionTests
{
    private const string Chunking =
        "250-scripted\r\n250-PIPELINING\r\n250-SIZE 100000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 CHUNKING";

    [Theory]
    [InlineData("kari@example.org")]
    [InlineData("kåre@example.org")]
    public async Task Letter_is_sent_unchanged_by_BDAT_where_offered(string address)
    {
        using var server = new ScriptedServer { Hello = Chunking };
        await using var client = TestLetter.Client(server.Port, timeouts: TestLetter.Short);
        // Longer than one block of the client's buffer, with lines that DATA would have to change.
        var letter = TestLetter.To(address, string.Concat(Enumerable.Repeat("Håp ", 3000)));
        letter = letter with { Content = (byte[])[.. letter.Content.Span, .. ".\r\n..\r\nend"u8] };

        Assert.Equal([new DeliveryOutcome(letter.Id, DeliveryResult.Sent, null)], await client.SendAsync(letter));

        Assert.Equal(Encoding.Latin1.GetString(letter.Content.Span).ReplaceLineEndings("\n"), server.Letters.Single());
        Assert.Contains($"BDAT {letter.Content.Length} LAST", server.Commands);
        Assert.DoesNotContain("DATA", server.Commands);
    }

    [Fact]
    public async Task Letter_with_UTF8_header_is_sent_unchanged_by_DATA()
    {
        var extensions = Chunking.Replace("CHUNKING", "HELP", StringComparison.Ordinal);
        using var server = new ScriptedServer { Hello = extensions };
        await using var client = TestLetter.Client(server.Port, timeouts: TestLetter.Short);
        var letter = TestLetter.To("kåre@example.org");

        Assert.Equal([new DeliveryOutcome(letter.Id, DeliveryResult.Sent, null)], await client.SendAsync(letter));

        Assert.Equal(Encoding.Latin1.GetString(letter.Content.Span).ReplaceLineEndings("\n"), server.Letters.Single());
        Assert.Contains(server.Commands, command =>
            command.EndsWith(" BODY=8BITMIME", StringComparison.Ordinal)
            && command.Contains(" SMTPUTF8", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData(ScriptedServer.Silence, "timed-out")]
    [InlineData(null, "connection-lost")]
    public async Task No_reply_to_BDAT_LAST_is_unknown(string? answer, string status)
    {
        using var server = new ScriptedServer { Hello = Chunking, AfterDot = _ => answer };
        Assert.Equal((DeliveryResult.Unknown, status), await SendOneAsync(server));
    }

    [Theory]
    [InlineData("554 5.6.0 no", DeliveryResult.Permanent, "5.6.0")]
    [InlineData("452 4.3.1 full", DeliveryResult.Temporary, "4.3.1")]
    [InlineData("252 2.0.0 taken for now", DeliveryResult.Sent, null)]
    public async Task Reply_to_BDAT_has_the_meaning_of_a_reply_to_the_final_dot(
        string answer,
        DeliveryResult result,
        string? status
    )
    {
        using var server = new ScriptedServer { Hello = Chunking, AfterDot = _ => answer };
        Assert.Equal((result, status), await SendOneAsync(server));
    }

    [Fact]
    public async Task Refused_recipient_gets_no_BDAT()
    {
        using var server = new ScriptedServer
        {
            Hello = Chunking,
            Answer = command => command.StartsWith("RCPT", StringComparison.Ordinal) ? "550 5.1.1 none" : "250 ok",
        };
        Assert.Equal((DeliveryResult.Permanent, "5.1.1"), await SendOneAsync(server));
        Assert.Empty(server.Letters);
    }

    [Fact]
    public async Task Delivery_notices_carry_the_name_of_the_letter_where_offered()
    {
        using var server = new ScriptedServer { Hello = "250-scripted\r\n250-PIPELINING\r\n250 DSN" };
        await using var client = TestLetter.Client(server.Port, timeouts: TestLetter.Short);
        var letter = TestLetter.To("kari@example.org");

        await client.SendAsync(letter);

        Assert.Contains($"MAIL FROM:<petitions@example.org> ENVID={letter.Name.Public} RET=HDRS", server.Commands);
        Assert.Contains(
            "RCPT TO:<kari@example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;kari@example.org",
            server.Commands
        );
    }

    [Fact]
    public async Task Commands_have_no_parameters_where_nothing_is_offered()
    {
        using var server = new ScriptedServer { Hello = "250 scripted" };
        await SendOneAsync(server);
        Assert.Contains("MAIL FROM:<petitions@example.org>", server.Commands);
        Assert.Contains("RCPT TO:<kari@example.org>", server.Commands);
    }

    [Fact]
    public async Task SMTPUTF8_is_used_for_a_UTF8_local_part_only()
    {
        using var server = new ScriptedServer { Hello = Chunking };
        await using var client = TestLetter.Client(server.Port, timeouts: TestLetter.Short);

        var outcomes = await client.SendAsync(
            TestLetter.To("a@blåbær.example"),
            TestLetter.To("kåre@example.org"),
            TestLetter.To("b@example.org"),
            TestLetter.To("c@blåbær.example")
        );

        Assert.All(outcomes, outcome => Assert.Equal(DeliveryResult.Sent, outcome.Result));
        Assert.Single(server.Commands, command => command.Contains("SMTPUTF8", StringComparison.Ordinal));
        Assert.Contains("RCPT TO:<a@xn--blbr-roah.example>", server.Commands);
        Assert.Contains("RCPT TO:<c@xn--blbr-roah.example>", server.Commands);
        // A letter that fits the current session needs no other connection.
        Assert.Equal(3, server.Connections);
    }

    private static async Task<(DeliveryResult Result, string? Status)> SendOneAsync(ScriptedServer server)
    {
        await using var client = TestLetter.Client(server.Port, timeouts: TestLetter.Short);
        var outcome = (await client.SendAsync(TestLetter.To("kari@example.org"))).Single();
        return (outcome.Result, outcome.Status);
    }
}
