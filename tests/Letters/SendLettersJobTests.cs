using Campaigns.Db.Keys;
using Campaigns.Db.Letters;
using Campaigns.Db.Signatures;
using Campaigns.Worker;
using Campaigns.Worker.Mail.Delivery;
using Dapper;

namespace Campaigns.Tests.Letters;

public sealed class SendLettersJobTests : IAsyncLifetime
{
    private Outbox _outbox = null!;

    public async Task InitializeAsync() => _outbox = await Outbox.OpenAsync();

    public async Task DisposeAsync() => await _outbox.DisposeAsync();

    private LetterStore Store => _outbox.Campaign.Get<LetterStore>();

    [Fact]
    public async Task A_letter_leaves_once_however_often_the_job_runs()
    {
        await _outbox.Campaign.SignAsync("kari@example.org");
        await _outbox.SendAsync();
        await _outbox.SendAsync();

        Assert.Equal(("sent", 1L, null), (_outbox.Only().State, _outbox.Only().Tries, _outbox.Only().Failure));
        var letter = Assert.Single(_outbox.Server.Letters);
        Assert.Contains("To: <kari@example.org>", letter, StringComparison.Ordinal);
        Assert.Contains($"Message-ID: <{_outbox.Only().Id}@example.org>", letter, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_links_of_every_kind_of_letter_open_what_they_should()
    {
        var id = await _outbox.Campaign.SignAsync("kari@example.org");
        await _outbox.SendAsync();
        var tokens = _outbox.Campaign.Get<KeyRing>().Tokens;
        Assert.True(tokens.TryRead(LinkPurpose.Confirm, Link("/confirm/"), out var confirm));
        Assert.True(tokens.TryRead(LinkPurpose.NotMe, Link("/not-me/"), out var notMe));
        Assert.Equal((id, id), (confirm.SignatureId, notMe.SignatureId));

        Assert.Null((await _outbox.Campaign.Get<ConfirmationStore>().ConfirmAsync(Link("/confirm/"))).Refusal);
        await _outbox.SendAsync();
        Assert.Equal("kari@example.org", _outbox.Campaign.Get<MySignatureStore>().Find(Link("/my/")).Value!.Email);

        await _outbox.Campaign.SignAsync("kari@example.org");
        await _outbox.SendAsync();
        Assert.Equal(["confirm", "manage", "already-signed"], _outbox.Letters().Select(letter => letter.Kind));
        Assert.True(tokens.TryRead(LinkPurpose.Manage, Link("/my/"), out _));
    }

    [Fact]
    public async Task A_job_that_is_asked_to_stop_marks_what_it_sent_and_frees_the_rest()
    {
        for (var i = 0; i < 20; i++) await _outbox.Campaign.SignAsync($"kari{i}@example.org");
        using var stop = new CancellationTokenSource();
        _outbox.Server.AfterDot = number =>
        {
            if (number == 7) stop.Cancel();
            return "250 ok";
        };
        await _outbox.SendAsync(stop.Token);
        Assert.Equal(7, _outbox.Letters().Count(letter => letter.State == "sent"));
        Assert.All(_outbox.Letters(), letter => Assert.Null(letter.LeaseUntil));

        await _outbox.SendAsync();
        Assert.Equal(20, _outbox.Server.Letters.Count);
    }

    [Fact]
    public async Task A_letter_that_left_is_marked_while_the_next_takes_its_time()
    {
        for (var i = 0; i < 3; i++) await _outbox.Campaign.SignAsync($"kari{i}@example.org");
        _outbox.Timeouts = new SmtpTimeouts();
        var marked = false;
        _outbox.Server.AfterDot = number =>
        {
            if (number == 2) marked = SpinWait.SpinUntil(() => _outbox.Letters().Count(letter => letter.State == "sent") == 1, TimeSpan.FromSeconds(15));
            return "250 ok";
        };
        await _outbox.SendAsync();
        Assert.True(marked);
        Assert.All(_outbox.Letters(), letter => Assert.Equal("sent", letter.State));
    }

    [Fact]
    public async Task An_outage_costs_no_letter_a_try_and_the_server_is_left_alone_for_a_while()
    {
        await _outbox.Campaign.SignAsync("kari@example.org");
        _outbox.Port = Postfix.FreePort();
        await _outbox.SendAsync();
        Assert.Equal(("queued", 0L, null), (_outbox.Only().State, _outbox.Only().Tries, _outbox.Only().LeaseUntil));
        Assert.Contains(_outbox.Campaign.Log.Lines, line => line.Event == WorkerLog.MailServerUnavailableEvent);

        _outbox.Port = null;
        await _outbox.SendAsync();
        Assert.Equal(0, _outbox.Server.Connections);
        _outbox.Campaign.Clock.Advance(TimeSpan.FromSeconds(2));
        await _outbox.SendAsync();
        Assert.Equal("sent", _outbox.Only().State);
    }

    [Theory]
    [InlineData("(greeting)")]
    [InlineData("MAIL")]
    [InlineData("RCPT")]
    [InlineData("DATA")]
    [InlineData("(dot)")]
    public async Task Server_that_quotes_an_address_puts_it_in_no_log_and_no_row(string step)
    {
        await _outbox.Campaign.SignAsync("kari@example.org");
        const string Quote = "554 5.7.1 <kari@example.org>: not kari@example.org";
        if (step == "(greeting)") _outbox.Server.Greeting = Quote;
        if (step == "(dot)") _outbox.Server.AfterDot = _ => Quote;
        _outbox.Server.Answer = command => command.StartsWith(step, StringComparison.Ordinal) ? Quote : command == "DATA" ? "354 go on" : "250 ok";
        await _outbox.SendAsync();

        Assert.DoesNotContain(_outbox.Campaign.Log.Lines, line => line.ToString().Contains("kari@", StringComparison.Ordinal));
        Assert.Contains(_outbox.Only().Failure, (string?[])[null, "5.7.1"]);
    }

    [Fact]
    public async Task A_busy_mailbox_is_tried_for_five_days_and_then_given_up()
    {
        await _outbox.Campaign.SignAsync("kari@example.org");
        _outbox.Server.Answer = command => command.StartsWith("RCPT", StringComparison.Ordinal) ? "452 4.2.2 full" : command == "DATA" ? "554 none" : "250 ok";
        var started = _outbox.Campaign.Clock.UtcNow();
        var tries = 0;
        for (; _outbox.Only().State == "queued"; tries++)
        {
            Assert.InRange(tries, 0, 100);
            await _outbox.SendAsync();
            var due = Instant.FromMilliseconds(_outbox.Only().DueAt);
            if (due > _outbox.Campaign.Clock.UtcNow()) _outbox.Campaign.Clock.Advance(due - _outbox.Campaign.Clock.UtcNow());
        }
        Assert.Equal(("failed", "4.2.2"), (_outbox.Only().State, _outbox.Only().Failure));
        Assert.InRange(tries, 20, 60);
        Assert.InRange(_outbox.Campaign.Clock.UtcNow() - started, TimeSpan.FromDays(4.75), TimeSpan.FromDays(5));
    }

    [Fact]
    public async Task A_server_that_never_answers_the_final_dot_is_asked_once_more_with_the_same_letter()
    {
        await _outbox.Campaign.SignAsync("kari@example.org");
        _outbox.Server.AfterDot = _ => null;
        await _outbox.SendAsync();
        Assert.Equal(("queued", "unknown", 1L), (_outbox.Only().State, _outbox.Only().Failure, _outbox.Only().Tries));

        _outbox.Campaign.Clock.Advance(TimeSpan.FromMinutes(15));
        await _outbox.SendAsync();
        Assert.Equal("unknown", _outbox.Only().State);
        _outbox.Campaign.Clock.Advance(TimeSpan.FromDays(1));
        await _outbox.SendAsync();

        Assert.Equal(2, _outbox.Server.Letters.Count);
        Assert.All(_outbox.Server.Letters, letter => Assert.Contains($"Message-ID: <{_outbox.Only().Id}@example.org>", letter, StringComparison.Ordinal));
        Assert.Equal("unknown", Assert.Single(Store.ListFailures(_outbox.Campaign.Campaign.Id, 0, 10)).State);
    }

    [Fact]
    public async Task A_mailbox_that_does_not_exist_gets_no_more_letters_and_staff_see_the_failure()
    {
        await _outbox.Campaign.SignAsync("gone@example.org");
        _outbox.Server.Answer = command => command.StartsWith("RCPT", StringComparison.Ordinal) ? "550 5.1.1 no gone@example.org here" : command == "DATA" ? "554 none" : "250 ok";
        await _outbox.SendAsync();

        var failure = Assert.Single(Store.ListFailures(_outbox.Campaign.Campaign.Id, 0, 10));
        Assert.Equal(("failed", "5.1.1", "confirm", 1), (failure.State, failure.Failure, failure.Kind, failure.Tries));
        await _outbox.Campaign.SignAsync("gone@example.org");
        Assert.Single(_outbox.Letters());

        _outbox.Campaign.Clock.Advance(TimeSpan.FromDays(90));
        await _outbox.Campaign.SignAsync("gone@example.org");
        Assert.Equal(2, _outbox.Letters().Count);
    }

    [Fact]
    public async Task Our_own_sender_being_refused_fails_no_letter()
    {
        await _outbox.Campaign.SignAsync("kari@example.org");
        _outbox.Server.Answer = command => command.StartsWith("MAIL", StringComparison.Ordinal) ? "550 5.7.1 not you" : "503 first MAIL";
        await _outbox.SendAsync();
        Assert.Equal(("queued", 0L), (_outbox.Only().State, _outbox.Only().Tries));
    }

    [Fact]
    public async Task A_late_letter_gives_its_link_seven_days_from_when_it_left()
    {
        var id = await _outbox.Campaign.SignAsync("kari@example.org");
        _outbox.Campaign.Clock.Advance(TimeSpan.FromDays(3));
        await _outbox.SendAsync();
        Assert.Equal(_outbox.Campaign.Clock.UtcNow() + TimeSpan.FromDays(7), ExpiresAt(id));

        var prompt = await _outbox.Campaign.SignAsync("ola@example.org");
        var before = ExpiresAt(prompt);
        _outbox.Campaign.Clock.Advance(TimeSpan.FromSeconds(30));
        await _outbox.SendAsync();
        Assert.Equal(before, ExpiresAt(prompt));
    }

    [Fact]
    public async Task Letters_nobody_wants_any_more_are_cancelled_unsent()
    {
        var repeated = await _outbox.Campaign.SignAsync("repeated@example.org");
        await _outbox.Campaign.SignAsync("repeated@example.org");
        await _outbox.Campaign.EraseAsync(await _outbox.Campaign.SignAsync("erased@example.org"));
        await _outbox.Campaign.ConfirmAsync("confirmed@example.org");
        var notMe = await _outbox.Campaign.SignAsync("not-me@example.org");
        Assert.Null(await _outbox.Campaign.Get<ConfirmationStore>().NotMeAsync(_outbox.Campaign.Link(LinkPurpose.NotMe, notMe)));
        var withdrawn = await _outbox.Campaign.ConfirmAsync("withdrawn@example.org");
        await _outbox.Campaign.WithdrawAsync(withdrawn);

        await _outbox.SendAsync();

        Assert.Equal(2, _outbox.Server.Letters.Count);
        Assert.Equal(2, _outbox.Letters().Count(letter => letter.State == "sent"));
        // The letters of the two who were erased are gone with everything else.
        Assert.Equal(4, _outbox.Letters().Count(letter => letter.State == "cancelled"));
        Assert.Equal(1, _outbox.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM letters WHERE signature_id = @repeated AND failure = 'superseded'", new { repeated })));
    }

    [Fact]
    public async Task A_suppressed_address_gets_no_letter_that_was_already_waiting()
    {
        var id = await _outbox.Campaign.SignAsync("kari@example.org");
        await _outbox.Campaign.Database.Writes.RunAsync(write => write.Connection.Execute(
            "INSERT INTO suppressions (campaign_id, blind_index, index_version, reason, created_at, until) SELECT campaign_id, blind_index, index_version, 'complained', 0, @until FROM signatures WHERE id = @id",
            new { id, until = long.MaxValue }));
        await _outbox.SendAsync();
        Assert.Empty(_outbox.Server.Letters);
        Assert.Equal(("cancelled", "suppressed"), (_outbox.Only().State, _outbox.Only().Failure));
    }

    [Fact]
    public async Task A_row_that_cannot_be_opened_holds_nobody_up()
    {
        var damaged = await _outbox.Campaign.SignAsync("damaged@example.org");
        await _outbox.Campaign.SignAsync("kari@example.org");
        await _outbox.Campaign.Database.Writes.RunAsync(write => write.Connection.Execute("UPDATE signatures SET contact = @bytes WHERE id = @damaged", new { damaged, bytes = new byte[] { 1, 2 } }));
        await _outbox.SendAsync();
        Assert.Single(_outbox.Server.Letters);
        Assert.Equal([("queued", "unreadable"), ("sent", null)], _outbox.Letters().Select(letter => (letter.State, letter.Failure)));
    }

    private DateTimeOffset ExpiresAt(long id) =>
        Instant.FromMilliseconds(_outbox.Query(connection => connection.QuerySingle<long>("SELECT confirm_expires_at FROM signatures WHERE id = @id", new { id })));

    private string Link(string path)
    {
        var letter = _outbox.Server.Letters.Last();
        var start = letter.IndexOf("https://petitions.example.org" + path, StringComparison.Ordinal);
        return letter[(start + "https://petitions.example.org".Length + path.Length)..letter.IndexOf('\n', start)];
    }
}
