using Campaigns.Letters;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Mail;

namespace Campaigns.Tests.Mail;

public sealed class SmtpConversationTests
{
    [Fact]
    public async Task No_reply_to_the_final_dot_is_unknown_and_the_rest_is_not_tried()
    {
        using var server = new ScriptedServer { AfterDot = _ => ScriptedServer.Silence };
        await AssertAsync(server, (DeliveryResult.Unknown, "timed-out"), (DeliveryResult.NotTried, "timed-out"));
    }

    [Fact]
    public async Task Connection_lost_after_the_final_dot_is_unknown()
    {
        using var server = new ScriptedServer { AfterDot = _ => null };
        await AssertAsync(
            server,
            (DeliveryResult.Unknown, "connection-lost"),
            (DeliveryResult.NotTried, "connection-lost")
        );
    }

    [Fact]
    public async Task Connection_lost_before_the_letter_is_temporary()
    {
        using var server = new ScriptedServer { Answer = command => command == "DATA" ? null : "250 ok" };
        await AssertAsync(
            server,
            (DeliveryResult.Temporary, "connection-lost"),
            (DeliveryResult.NotTried, "connection-lost")
        );
    }

    [Fact]
    public async Task Silence_before_the_letter_is_temporary()
    {
        using var server = new ScriptedServer
        {
            Answer = command => command == "DATA" ? ScriptedServer.Silence : "250 ok",
        };
        await AssertAsync(server, (DeliveryResult.Temporary, "timed-out"), (DeliveryResult.NotTried, "timed-out"));
    }

    [Fact]
    public async Task Refused_sender_is_not_a_result_for_the_letter()
    {
        using var server = new ScriptedServer
        {
            Answer = command =>
                command.StartsWith("MAIL", StringComparison.Ordinal) ? "550 5.1.8 who are you" : "503 first MAIL",
        };
        await AssertAsync(server, (DeliveryResult.NotTried, "5.1.8"), (DeliveryResult.NotTried, "5.1.8"));
    }

    [Fact]
    public async Task Letters_before_a_server_close_stay_sent()
    {
        var announced = 0;
        using var server = new ScriptedServer
        {
            Answer = command =>
                command.StartsWith("MAIL", StringComparison.Ordinal) && ++announced > 1 ? "421 4.7.0 enough for now"
                : command == "DATA" ? "354 go on"
                : "250 ok",
        };
        await AssertAsync(server, (DeliveryResult.Sent, null), (DeliveryResult.NotTried, "4.7.0"));
    }

    [Fact]
    public async Task Server_that_accepts_DATA_without_a_recipient_gets_no_letter()
    {
        using var server = new ScriptedServer
        {
            Answer = command =>
                command.StartsWith("RCPT", StringComparison.Ordinal) ? "550 5.1.1 unknown"
                : command == "DATA" ? "354 go on"
                : "250 ok",
        };
        await AssertAsync(server, (DeliveryResult.Permanent, "5.1.1"), (DeliveryResult.Permanent, "5.1.1"));
        Assert.All(server.Letters, letter => Assert.Equal("", letter));
    }

    [Fact]
    public async Task Reply_to_the_final_dot_decides_between_permanent_and_temporary()
    {
        using var server = new ScriptedServer
        {
            AfterDot = number => number == 1 ? "554-5.6.0 no\r\n554 5.6.0 really not" : "452 full",
        };
        await AssertAsync(server, (DeliveryResult.Permanent, "5.6.0"), (DeliveryResult.Temporary, "452"));
    }

    [Fact]
    public async Task Server_without_pipelining_gets_one_command_at_a_time()
    {
        using var server = new ScriptedServer { Hello = "250 scripted" };
        await AssertAsync(server, (DeliveryResult.Sent, null), (DeliveryResult.Sent, null));
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Server_without_EHLO_is_greeted_with_HELO()
    {
        using var server = new ScriptedServer { Hello = "502 what" };
        await AssertAsync(server, (DeliveryResult.Sent, null), (DeliveryResult.Sent, null));
        Assert.Contains(server.Commands, command => command.StartsWith("HELO ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request")]
    [InlineData("220-one\r\n250 other")]
    [InlineData("99 low")]
    public async Task Other_protocols_get_no_letter(string greeting)
    {
        using var server = new ScriptedServer { Greeting = greeting };
        await AssertAsync(server, (DeliveryResult.NotTried, "not-smtp"), (DeliveryResult.NotTried, "not-smtp"));
    }

    [Fact]
    public async Task Endless_reply_ends_the_session()
    {
        using var server = new ScriptedServer
        {
            Hello = string.Concat(Enumerable.Repeat("250-more\r\n", 1000)) + "250 end",
        };
        await AssertAsync(server, (DeliveryResult.NotTried, "not-smtp"), (DeliveryResult.NotTried, "not-smtp"));
        server.Hello = "250 " + new string('x', 100_000);
        await AssertAsync(server, (DeliveryResult.NotTried, "not-smtp"), (DeliveryResult.NotTried, "not-smtp"));
    }

    [Theory]
    [InlineData("EHLO", DeliveryResult.NotTried)]
    [InlineData("MAIL", DeliveryResult.Temporary)]
    [InlineData("RCPT", DeliveryResult.Temporary)]
    [InlineData("DATA", DeliveryResult.Temporary)]
    [InlineData("(dot)", DeliveryResult.Unknown)]
    public async Task Reply_over_8_KB_ends_the_session(string step, DeliveryResult result)
    {
        var endless = string.Concat(Enumerable.Repeat("250-more\r\n", 1000)) + "250 end";
        using var server = new ScriptedServer
        {
            Hello = step == "EHLO" ? endless : "250-scripted\r\n250 PIPELINING",
            Answer = command =>
                command.StartsWith(step, StringComparison.Ordinal) ? endless
                : command == "DATA" ? "354 go on"
                : "250 ok",
            AfterDot = _ => step == "(dot)" ? endless : "250 taken",
        };
        await AssertAsync(server, (result, "not-smtp"), (DeliveryResult.NotTried, "not-smtp"));
    }

    [Fact]
    public async Task Text_injected_before_the_handshake_is_ignored()
    {
        using var server = new ScriptedServer
        {
            Hello = "250-scripted\r\n250 STARTTLS",
            Answer = _ => "220 go\r\n250 injected",
        };
        await AssertAsync(
            server,
            options => options.Security = "starttls",
            (DeliveryResult.NotTried, "not-smtp"),
            (DeliveryResult.NotTried, "not-smtp")
        );
    }

    [Fact]
    public async Task Sign_in_uses_LOGIN_where_PLAIN_is_missing()
    {
        using var server = new ScriptedServer
        {
            Hello = "250-scripted\r\n250 AUTH CRAM-MD5 LOGIN",
            Answer = command =>
                command switch
                {
                    "AUTH LOGIN" => "334 VXNlcm5hbWU6",
                    "dXNlcg==" => "334 UGFzc3dvcmQ6",
                    "cMOlc3M=" => "235 2.7.0 welcome",
                    "DATA" => "354 go on",
                    _ => "250 ok",
                },
        };
        await AssertAsync(
            server,
            options => (options.User, options.Password) = ("user", "påss"),
            (DeliveryResult.Sent, null),
            (DeliveryResult.Sent, null)
        );
    }

    [Fact]
    public async Task Pooled_connection_is_reused_and_a_dead_one_replaced()
    {
        using var server = new ScriptedServer();
        await using var client = TestLetter.Client(server.Port, timeouts: TestLetter.Short);
        await client.SendAsync(TestLetter.To("a@example.org"));
        await client.SendAsync(TestLetter.To("b@example.org"));
        Assert.Equal(1, server.Connections);

        server.Answer = command =>
            command == "RSET" ? null
            : command == "DATA" ? "354 go on"
            : "250 ok";
        Assert.Equal(DeliveryResult.Sent, (await client.SendAsync(TestLetter.To("c@example.org"))).Single().Result);
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task Server_without_SMTPUTF8_gets_no_international_address()
    {
        using var server = new ScriptedServer();
        await using var client = TestLetter.Client(server.Port, timeouts: TestLetter.Short);
        var deliveries = await client.SendAsync(
            TestLetter.To("kåre@example.org"),
            TestLetter.To("kari@blåbær.example")
        );
        Assert.Equal(
            [(DeliveryResult.Permanent, "5.6.7"), (DeliveryResult.Sent, null)],
            deliveries.Select(delivery => (delivery.Result, delivery.Status))
        );
        Assert.Contains("RCPT TO:<kari@xn--blbr-roah.example>", server.Commands);
    }

    private static Task AssertAsync(ScriptedServer server, params (DeliveryResult Result, string? Status)[] expected) =>
        AssertAsync(server, _ => { }, expected);

    private static async Task AssertAsync(
        ScriptedServer server,
        Action<MailOptions> change,
        params (DeliveryResult Result, string? Status)[] expected
    )
    {
        await using var client = TestLetter.Client(server.Port, change, TestLetter.Short);
        var letters = expected.Select((_, index) => TestLetter.To($"kari{index}@example.org")).ToArray();
        Assert.Equal(
            letters.Zip(expected, (letter, end) => new DeliveryOutcome(letter.Id, end.Result, end.Status)),
            await client.SendAsync(letters)
        );
    }
}
