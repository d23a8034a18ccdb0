using Campaigns.Crypto;
using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Mail.Delivery;
using Dapper;

namespace Campaigns.Tests.Stores.Letters;

public sealed class SendLettersJobTests : IAsyncLifetime
{
    private CapturedLetters _letters = null!;

    public async Task InitializeAsync() => _letters = await CapturedLetters.OpenAsync();

    public async Task DisposeAsync() => await _letters.DisposeAsync();

    [Fact]
    public async Task Repeated_runs_send_a_letter_once()
    {
        await _letters.Campaign.SignAsync("kari@example.org");
        await _letters.SendAsync();
        await _letters.SendAsync();

        Assert.Equal(("sent", 1L, null), (_letters.Only().State, _letters.Only().Tries, _letters.Only().Failure));
        var letter = Assert.Single(_letters.Server.Letters);
        Assert.Contains("To: <kari@example.org>", letter, StringComparison.Ordinal);
        Assert.Contains(
            $"Message-ID: <{_letters.NameOf(_letters.Only().Id)}@example.org>",
            letter,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Message_ID_is_a_keyed_hash_and_the_same_for_each_try()
    {
        await _letters.Campaign.SignAsync("kari@example.org");
        var id = _letters.Only().Id;
        var name = _letters.NameOf(id);
        Assert.Matches("^[0-9a-f]{32}$", name);
        Assert.NotEqual(name, _letters.NameOf(id + 1));
        await _letters.Campaign.RestartAsync();
        Assert.Equal(name, _letters.NameOf(id));
        await _letters.SendAsync();
        var letter = Assert.Single(_letters.Server.Letters);
        Assert.Contains($"Message-ID: <{name}@example.org>", letter, StringComparison.Ordinal);
        Assert.DoesNotContain(Ids.Text(id), letter, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_of_every_kind_of_letter_work()
    {
        var id = await _letters.Campaign.SignAsync("kari@example.org");
        await _letters.SendAsync();
        var tokens = _letters.Campaign.Get<KeyRing>().Tokens;
        Assert.True(tokens.TryRead(LinkPurpose.Confirm, Link("/confirm/"), out var confirm));
        Assert.True(tokens.TryRead(LinkPurpose.NotMe, Link("/not-me/"), out var notMe));
        Assert.Equal((id, id), (confirm.RowId, notMe.RowId));

        Assert.Null((await _letters.Campaign.Get<ConfirmationStore>().ConfirmAsync(Link("/confirm/"))).Refusal);
        await _letters.SendAsync();
        Assert.Equal("kari@example.org", _letters.Campaign.Get<MySignatureStore>().Find(Link("/my/")).Value!.Email);

        await _letters.Campaign.SignAsync("kari@example.org");
        await _letters.SendAsync();
        Assert.Equal(["confirm", "manage", "already-signed"], _letters.Letters().Select(letter => letter.Kind));
        Assert.True(tokens.TryRead(LinkPurpose.Manage, Link("/my/"), out _));
    }

    [Fact]
    public async Task Cancelled_job_marks_sent_letters_and_releases_the_rest()
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
    public async Task Sent_letter_is_marked_while_the_next_is_being_sent()
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
    public async Task Link_of_a_late_letter_lasts_seven_days_from_its_sending()
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
    public async Task Obsolete_letters_are_cancelled_unsent()
    {
        var repeated = await _letters.Campaign.SignAsync("repeated@example.org");
        await _letters.Campaign.SignAsync("repeated@example.org", name: "Kari Corrected");
        await _letters.Campaign.EraseAsync(await _letters.Campaign.SignAsync("erased@example.org"));
        await _letters.Campaign.ConfirmAsync("confirmed@example.org");
        var notMe = await _letters.Campaign.SignAsync("not-me@example.org");
        Assert.Null(
            await _letters.Campaign.Get<NotMeStore>().RunAsync(_letters.Campaign.Link(LinkPurpose.NotMe, notMe))
        );
        var withdrawn = await _letters.Campaign.ConfirmAsync("withdrawn@example.org");
        await _letters.Campaign.WithdrawAsync(withdrawn);

        await _letters.SendAsync();

        Assert.Equal(2, _letters.Server.Letters.Count);
        Assert.Equal(2, _letters.Letters().Count(letter => letter.State == "sent"));
        // The letters of the two erased signers are deleted with all their other data.
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
    public async Task Suppressed_address_gets_no_letter_that_was_already_queued()
    {
        var id = await _letters.Campaign.SignAsync("kari@example.org");
        await _letters.Campaign.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                """
                INSERT INTO suppressions (id, campaign_id, blind_index, index_version, reason, created_at, until)
                SELECT 1, campaign_id, blind_index, index_version, 'complained', 0, @until FROM signatures
                WHERE id = @id
                """,
                new { id, until = long.MaxValue }
            )
        );
        await _letters.SendAsync();
        Assert.Empty(_letters.Server.Letters);
        Assert.Equal(("cancelled", "suppressed"), (_letters.Only().State, _letters.Only().Failure));
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
