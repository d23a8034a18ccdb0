using System.Net;
using System.Net.Sockets;
using Campaigns.Letters;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Mail;
using Campaigns.Worker.Mail.Compose;
using Campaigns.Worker.Mail.Delivery;

namespace Campaigns.Tests.Mail;

/// <summary>
/// A session with a server that stops answering ends after the timeout of the current step.
/// </summary>
public sealed class SmtpTimeoutTests
{
    private static readonly TimeSpan _step = TimeSpan.FromSeconds(0.5);
    private static readonly SmtpTimeouts _long = new();

    [Theory]
    [InlineData("(greeting)", DeliveryResult.NotTried)]
    [InlineData("EHLO", DeliveryResult.NotTried)]
    [InlineData("STARTTLS", DeliveryResult.NotTried)]
    [InlineData("AUTH", DeliveryResult.NotTried)]
    [InlineData("MAIL", DeliveryResult.Temporary)]
    [InlineData("RCPT", DeliveryResult.Temporary)]
    [InlineData("DATA", DeliveryResult.Temporary)]
    [InlineData("(dot)", DeliveryResult.Unknown)]
    public async Task Silence_ends_with_the_timeout_of_the_step(string step, DeliveryResult result)
    {
        var timeouts = step switch
        {
            "DATA" => _long with { Data = _step },
            "(dot)" => _long with { FinalDot = _step },
            _ => _long with { Command = _step },
        };
        using var server = new ScriptedServer
        {
            Greeting = step == "(greeting)" ? ScriptedServer.Silence : "220 scripted",
            Hello = step == "EHLO" ? ScriptedServer.Silence : "250-scripted\r\n250-STARTTLS\r\n250 AUTH PLAIN",
            AfterDot = _ => step == "(dot)" ? ScriptedServer.Silence : "250 taken",
            Answer = command =>
                command.StartsWith(step, StringComparison.Ordinal) ? ScriptedServer.Silence
                : command.StartsWith("AUTH", StringComparison.Ordinal) ? "235 welcome"
                : command == "DATA" ? "354 go on"
                : "250 ok",
        };
        await using var client = TestLetter.Client(
            server.Port,
            options => (options.User, options.Security) = ("user", step == "STARTTLS" ? "starttls" : "none"),
            timeouts
        );

        var outcome = await SendOneAsync(client, TestLetter.To("kari@example.org"));

        Assert.Equal((result, "timed-out"), (outcome.Result, outcome.Status));
    }

    [Fact]
    public async Task Endless_handshake_ends_with_the_command_timeout()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var client = TestLetter.Client(
            port,
            options => options.Security = "tls",
            new SmtpTimeouts { Command = _step }
        );

        var outcome = await SendOneAsync(client, TestLetter.To("kari@example.org"));

        Assert.Equal((DeliveryResult.NotTried, "cannot-connect"), (outcome.Result, outcome.Status));
    }

    [Fact]
    public async Task Server_that_stops_reading_is_left_after_the_block_timeout()
    {
        using var server = new ScriptedServer { StopsReadingAt = "DATA" };
        await using var client = TestLetter.Client(server.Port, timeouts: _long with { Block = _step });
        var letter = TestLetter.To("kari@example.org");
        letter = letter with { Content = (byte[])[.. letter.Content.Span, .. new byte[30_000_000]] };

        var outcome = await SendOneAsync(client, letter);

        Assert.Equal((DeliveryResult.Temporary, "timed-out"), (outcome.Result, outcome.Status));
    }

    [Fact]
    public async Task Closing_server_is_left_at_once()
    {
        using var server = new ScriptedServer
        {
            Answer = command =>
                command == "RSET" ? ScriptedServer.Silence
                : command.StartsWith("MAIL", StringComparison.Ordinal) ? "421 4.7.0 enough"
                : "250 ok",
        };
        await using var client = TestLetter.Client(server.Port, timeouts: _long with { Quit = _step });

        var outcome = await SendOneAsync(client, TestLetter.To("kari@example.org"));

        Assert.Equal((DeliveryResult.NotTried, "4.7.0"), (outcome.Result, outcome.Status));
    }

    private static async Task<DeliveryOutcome> SendOneAsync(IMailServer client, MimeLetter letter) =>
        (await client.SendAsync(letter).WaitAsync(TimeSpan.FromSeconds(30))).Single();
}
