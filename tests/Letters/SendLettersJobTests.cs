using Campaigns.Db.Keys;
using Campaigns.Db.Letters;
using Campaigns.Db.Signatures;
using Campaigns.Worker;
using Campaigns.Worker.Mail.Delivery;
using Dapper;

namespace Campaigns.Tests.Letters;

public sealed class SendLettersJobTests : IAsyncLifetime
{
    private CapturedLetters _letters = null!;

    public async Task InitializeAsync() => _letters = await CapturedLetters.OpenAsync();

    public async Task DisposeAsync() => await _letters.DisposeAsync();

    private LetterStore Store => _letters.Campaign.Get<LetterStore>();

    [Fact]
    public async Task A_letter_leaves_once_however_often_the_job_runs()
    {
        await _letters.Campaign.SignAsync("kari@example.org");
        await _letters.SendAsync();
        await _letters.SendAsync();

        Assert.Equal(("sent", 1L, null), (_letters.Only().State, _letters.Only().Tries, _letters.Only().Failure));
        var letter = Assert.Single(_letters.Server.Letters);
        Assert.Contains("To: <kari@example.org>", letter, StringComparison.Ordinal);
        Assert.Contains($"Message-ID: <{_letters.Only().Id}@example.org>", letter, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_links_of_every_kind_of_letter_open_what_they_should()
    {
        var id = await _letters.Campaign.SignAsync("kari@example.org");
        await _letters.SendAsync();
        var tokens = _letters.Campaign.Get<KeyRing>().Tokens;
        Assert.True(tokens.TryRead(LinkPurpose.Confirm, Link("/confirm/"), out var confirm));
        Assert.True(tokens.TryRead(LinkPurpose.NotMe, Link("/not-me/"), out var notMe));
        Assert.Equal((id, id), (confirm.SignatureId, notMe.SignatureId));

        Assert.Null((await _letters.Campaign.Get<ConfirmationStore>().ConfirmAsync(Link("/confirm/"))).Refusal);
        await _letters.SendAsync();
        Assert.Equal("kari@example.org", _letters.Campaign.Get<MySignatureStore>().Find(Link("/my/")).Value!.Email);

        await _letters.Campaign.SignAsync("kari@example.org");
        await _letters.SendAsync();
        Assert.Equal(["confirm", "manage", "already-signed"], _letters.Letters().Select(letter => letter.Kind));
        Assert.True(tokens.TryRead(LinkPurpose.Manage, Link("/my/"), out _));
    }

    [Fact]
    public async Task A_job_that_is_asked_to_stop_marks_what_it_sent_and_frees_the_rest()
    {
        for (var i = 0; i < 20; i++)
            await _letters.Campaign.SignAsync($"kari{i}@example.org");
        using var stop = new CancellationTokenSource();
        _letters.Server.AfterDot = number =>
        {
            if (number == 7)
                stop.Cancel();
            return "250 ok";
        };
        await _letters.SendAsync(stop.Token);
        Assert.Equal(7, _letters.Letters().Count(letter => letter.State == "sent"));
        Assert.All(_letters.Letters(), letter => Assert.Null(letter.LeaseUntil));

        await _letters.SendAsync();
        Assert.Equal(20, _letters.Server.Letters.Count);
    }

    [Fact]
    public async Task A_letter_that_left_is_marked_while_the_next_takes_its_time()
    {
        for (var i = 0; i < 3; i++)
            await _letters.Campaign.SignAsync($"kari{i}@example.org");
        _letters.Timeouts = new SmtpTimeouts();
        var marked = false;
        _letters.Server.AfterDot = number =>
        {
            if (number == 2)
                marked = SpinWait.SpinUntil(
                    () => _letters.Letters().Count(letter => letter.State == "sent") == 1,
                    TimeSpan.FromSeconds(15)
                );
            return "250 ok";
        };
        await _letters.SendAsync();
        Assert.True(marked);
        Assert.All(_letters.Letters(), letter => Assert.Equal("sent", letter.State));
    }

    [Fact]
    public async Task An_outage_costs_no_letter_a_try_and_the_server_is_left_alone_for_a_while()
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
    public async Task Server_that_quotes_an_address_puts_it_in_no_log_and_no_row(string step)
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
    public async Task A_busy_mailbox_is_tried_for_five_days_and_then_given_up()
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
    public async Task A_server_that_never_answers_the_final_dot_is_asked_once_more_with_the_same_letter()
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
            Assert.Contains($"Message-ID: <{_letters.Only().Id}@example.org>", letter, StringComparison.Ordinal)
        );
        Assert.Equal("unknown", Assert.Single(Store.ListFailures(_letters.Campaign.Campaign.Id, 0, 10)).State);
    }

    [Fact]
    public async Task A_mailbox_that_does_not_exist_gets_no_more_letters_and_staff_see_the_failure()
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
    public async Task Our_own_sender_being_refused_fails_no_letter()
    {
        await _letters.Campaign.SignAsync("kari@example.org");
        _letters.Server.Answer = command =>
            command.StartsWith("MAIL", StringComparison.Ordinal) ? "550 5.7.1 not you" : "503 first MAIL";
        await _letters.SendAsync();
        Assert.Equal(("queued", 0L), (_letters.Only().State, _letters.Only().Tries));
    }

    [Fact]
    public async Task A_late_letter_gives_its_link_seven_days_from_when_it_left()
    {
        var id = await _letters.Campaign.SignAsync("kari@example.org");
        _letters.Campaign.Clock.Advance(TimeSpan.FromDays(3));
        await _letters.SendAsync();
        Assert.Equal(_letters.Campaign.Clock.UtcNow() + TimeSpan.FromDays(7), ExpiresAt(id));

        var prompt = await _letters.Campaign.SignAsync("ola@example.org");
        var before = ExpiresAt(prompt);
        _letters.Campaign.Clock.Advance(TimeSpan.FromSeconds(30));
        await _letters.SendAsync();
        Assert.Equal(before, ExpiresAt(prompt));
    }

    [Fact]
    public async Task Letters_nobody_wants_any_more_are_cancelled_unsent()
    {
        var repeated = await _letters.Campaign.SignAsync("repeated@example.org");
        await _letters.Campaign.SignAsync("repeated@example.org");
        await _letters.Campaign.EraseAsync(await _letters.Campaign.SignAsync("erased@example.org"));
        await _letters.Campaign.ConfirmAsync("confirmed@example.org");
        var notMe = await _letters.Campaign.SignAsync("not-me@example.org");
        Assert.Null(
            await _letters
                .Campaign.Get<ConfirmationStore>()
                .NotMeAsync(_letters.Campaign.Link(LinkPurpose.NotMe, notMe))
        );
        var withdrawn = await _letters.Campaign.ConfirmAsync("withdrawn@example.org");
        await _letters.Campaign.WithdrawAsync(withdrawn);

        await _letters.SendAsync();

        Assert.Equal(2, _letters.Server.Letters.Count);
        Assert.Equal(2, _letters.Letters().Count(letter => letter.State == "sent"));
        // The letters of the two who were erased are gone with everything else.
        Assert.Equal(4, _letters.Letters().Count(letter => letter.State == "cancelled"));
        Assert.Equal(
            1,
            _letters.Query(connection =>
                connection.QuerySingle<long>(
                    "SELECT count(*) FROM letters WHERE signature_id = @repeated AND failure = 'superseded'",
                    new { repeated }
                )
            )
        );
    }

    [Fact]
    public async Task A_suppressed_address_gets_no_letter_that_was_already_waiting()
    {
        var id = await _letters.Campaign.SignAsync("kari@example.org");
        await _letters.Campaign.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                "INSERT INTO suppressions (campaign_id, blind_index, index_version, reason, created_at, until) SELECT campaign_id, blind_index, index_version, 'complained', 0, @until FROM signatures WHERE id = @id",
                new { id, until = long.MaxValue }
            )
        );
        await _letters.SendAsync();
        Assert.Empty(_letters.Server.Letters);
        Assert.Equal(("cancelled", "suppressed"), (_letters.Only().State, _letters.Only().Failure));
    }

    [Fact]
    public async Task A_row_that_cannot_be_opened_holds_nobody_up()
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

    private DateTimeOffset ExpiresAt(long id) =>
        Instant.FromMilliseconds(
            _letters.Query(connection =>
                connection.QuerySingle<long>("SELECT confirm_expires_at FROM signatures WHERE id = @id", new { id })
            )
        );

    private string Link(string path)
    {
        var letter = _letters.Server.Letters.Last();
        var start = letter.IndexOf("https://petitions.example.org" + path, StringComparison.Ordinal);
        return letter[(start + "https://petitions.example.org".Length + path.Length)..letter.IndexOf('\n', start)];
    }
}
