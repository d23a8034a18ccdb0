using Campaigns.Db.Letters;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker;
using Dapper;

namespace Campaigns.Tests.Stores.Letters;

/// <summary>Servers, mailboxes and rows that prevent the delivery of a letter.</summary>
public sealed class SendLettersFailureTests : IAsyncLifetime
{
    private CapturedLetters _letters = null!;

    public async Task InitializeAsync() => _letters = await CapturedLetters.OpenAsync();

    public async Task DisposeAsync() => await _letters.DisposeAsync();

    private LetterStore Store => _letters.Campaign.Get<LetterStore>();

    [Fact]
    public async Task Outage_counts_no_attempt_and_pauses_delivery()
    {
        await _letters.Campaign.SignAsync("kari@example.org");
        _letters.Port = Postfix.FreePort();
        await _letters.SendAsync();
        Assert.Equal(("queued", 0L, null), (_letters.Only().State, _letters.Only().Tries, _letters.Only().LeaseUntil));
        Assert.Contains(_letters.Campaign.Log.Lines, line => line.Event == WorkerLog.MailServerUnavailableEvent);

        _letters.Port = null;
        await _letters.SendAsync();
        Assert.Equal(0, _letters.Server.Connections);
        _letters.Campaign.Clock.Advance(TimeSpan.FromSeconds(2));
        await _letters.SendAsync();
        Assert.Equal("sent", _letters.Only().State);
    }

    [Theory]
    [InlineData("(greeting)")]
    [InlineData("MAIL")]
    [InlineData("RCPT")]
    [InlineData("DATA")]
    [InlineData("(dot)")]
    public async Task Address_quoted_by_a_server_is_neither_logged_nor_stored(string step)
    {
        await _letters.Campaign.SignAsync("kari@example.org");
        const string Quote = "554 5.7.1 <kari@example.org>: not kari@example.org";
        if (step == "(greeting)")
            _letters.Server.Greeting = Quote;
        if (step == "(dot)")
            _letters.Server.AfterDot = _ => Quote;
        _letters.Server.Answer = command =>
            command.StartsWith(step, StringComparison.Ordinal) ? Quote
            : command == "DATA" ? "354 go on"
            : "250 ok";
        await _letters.SendAsync();

        Assert.DoesNotContain(_letters.Campaign.Log.Lines, line =>
            line.ToString().Contains("kari@", StringComparison.Ordinal)
        );
        Assert.Contains(_letters.Only().Failure, (string?[])[null, "5.7.1"]);
    }

    [Fact]
    public async Task Busy_mailbox_is_retried_for_five_days()
    {
        await _letters.Campaign.SignAsync("kari@example.org");
        _letters.Server.Answer = command =>
            command.StartsWith("RCPT", StringComparison.Ordinal) ? "452 4.2.2 full"
            : command == "DATA" ? "554 none"
            : "250 ok";
        var started = _letters.Campaign.Clock.UtcNow();
        var tries = 0;
        for (; _letters.Only().State == "queued"; tries++)
        {
            Assert.InRange(tries, 0, 100);
            await _letters.SendAsync();
            var due = Instant.FromMilliseconds(_letters.Only().DueAt);
            if (due > _letters.Campaign.Clock.UtcNow())
                _letters.Campaign.Clock.Advance(due - _letters.Campaign.Clock.UtcNow());
        }
        Assert.Equal(("failed", "4.2.2"), (_letters.Only().State, _letters.Only().Failure));
        Assert.InRange(tries, 20, 60);
        Assert.InRange(_letters.Campaign.Clock.UtcNow() - started, TimeSpan.FromDays(4.75), TimeSpan.FromDays(5));
    }

    [Fact]
    public async Task Letter_without_reply_to_the_final_dot_is_sent_once_more()
    {
        await _letters.Campaign.SignAsync("kari@example.org");
        _letters.Server.AfterDot = _ => null;
        await _letters.SendAsync();
        Assert.Equal(
            ("queued", "unknown", 1L),
            (_letters.Only().State, _letters.Only().Failure, _letters.Only().Tries)
        );

        _letters.Campaign.Clock.Advance(TimeSpan.FromMinutes(15));
        await _letters.SendAsync();
        Assert.Equal("unknown", _letters.Only().State);
        _letters.Campaign.Clock.Advance(TimeSpan.FromDays(1));
        await _letters.SendAsync();

        Assert.Equal(2, _letters.Server.Letters.Count);
        Assert.All(_letters.Server.Letters, letter =>
            Assert.Contains(
                $"Message-ID: <{_letters.NameOf(_letters.Only().Id)}@example.org>",
                letter,
                StringComparison.Ordinal
            )
        );
        Assert.Equal("unknown", Assert.Single(Store.ListFailures(_letters.Campaign.Campaign.Id, 0, 10)).State);
    }

    [Fact]
    public async Task Missing_mailbox_is_suppressed_and_staff_see_the_failure()
    {
        await _letters.Campaign.SignAsync("gone@example.org");
        _letters.Server.Answer = command =>
            command.StartsWith("RCPT", StringComparison.Ordinal) ? "550 5.1.1 no gone@example.org here"
            : command == "DATA" ? "554 none"
            : "250 ok";
        await _letters.SendAsync();

        var failure = Assert.Single(Store.ListFailures(_letters.Campaign.Campaign.Id, 0, 10));
        Assert.Equal(("failed", "5.1.1", "confirm", 1), (failure.State, failure.Failure, failure.Kind, failure.Tries));
        await _letters.Campaign.SignAsync("gone@example.org");
        Assert.Single(_letters.Letters());

        _letters.Campaign.Clock.Advance(TimeSpan.FromDays(90));
        await _letters.Campaign.SignAsync("gone@example.org");
        Assert.Equal(2, _letters.Letters().Count);
    }

    [Fact]
    public async Task Refused_sender_fails_no_letter()
    {
        await _letters.Campaign.SignAsync("kari@example.org");
        _letters.Server.Answer = command =>
            command.StartsWith("MAIL", StringComparison.Ordinal) ? "550 5.7.1 not you" : "503 first MAIL";
        await _letters.SendAsync();
        Assert.Equal(("queued", 0L), (_letters.Only().State, _letters.Only().Tries));
    }

    [Fact]
    public async Task Undecryptable_row_delays_no_other_letter()
    {
        var damaged = await _letters.Campaign.SignAsync("damaged@example.org");
        await _letters.Campaign.SignAsync("kari@example.org");
        await _letters.Campaign.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                "UPDATE signatures SET contact = @bytes WHERE id = @damaged",
                new { damaged, bytes = new byte[] { 1, 2 } }
            )
        );
        await _letters.SendAsync();
        Assert.Single(_letters.Server.Letters);
        Assert.Equal(
            [("queued", "unreadable"), ("sent", null)],
            _letters.Letters().Select(letter => (letter.State, letter.Failure))
        );
    }
}
