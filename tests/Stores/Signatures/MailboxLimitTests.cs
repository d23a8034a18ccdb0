using Campaigns.Db;
using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Stores.Keys;
using Campaigns.Worker.Retention;
using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Tests.Stores.Signatures;

/// <summary>What is bounded by mailbox, whatever tags its addresses have.</summary>
public sealed class MailboxLimitTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync()
    {
        _fixture = await new CampaignFixture(minBatch: 1).StartAsync();
        Limit();
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Mailbox_gets_three_letters_an_hour_and_ten_a_day_over_all_campaigns()
    {
        var other = await _fixture.CreateAsync("another");
        await _fixture.SignAsync("box+1@example.org");
        await _fixture.SignAsync("box@example.org", campaign: other);
        await _fixture.SignAsync("Box+3@example.org");
        await _fixture.SignAsync("box+4@example.org");
        await _fixture.SignAsync("box+5@example.org", campaign: other);
        Assert.Equal(3, Count("letters"));
        // Two tags are two people, also without a letter.
        Assert.Equal(5, Count("signatures"));

        for (var hour = 1; hour <= 5; hour++)
        {
            _fixture.Clock.Advance(TimeSpan.FromHours(1));
            for (var n = 0; n < 4; n++)
                await _fixture.SignAsync($"box+{hour}.{n}@example.org");
            Assert.Equal(Math.Min(3 * (hour + 1), 10), Count("letters"));
        }
        _fixture.Clock.Advance(TimeSpan.FromHours(19));
        await _fixture.SignAsync("box+late@example.org");
        Assert.Equal(11, Count("letters"));
        Assert.Equal(11, Count("letters WHERE kind = 'confirm'"));
    }

    [Fact]
    public async Task Request_past_the_bound_of_its_mailbox_gets_its_letter_when_it_is_repeated()
    {
        foreach (var tag in (string[])["1", "2", "3", "4"])
            await _fixture.SignAsync($"box+{tag}@example.org");
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        await _fixture.SignAsync("box+4@example.org");
        Assert.Equal(4, Count("letters"));
        Assert.Equal(4, Count("(SELECT DISTINCT signature_id FROM letters) AS signatures"));
    }

    [Fact]
    public async Task Request_without_a_letter_uses_nothing_up()
    {
        await _fixture.ConfirmAsync("box@example.org");
        _fixture.Get<IOptions<LimitOptions>>().Value.LettersPerAddressPerWeek = 2;
        for (var n = 0; n < 5; n++)
            await _fixture.SignAsync("box@example.org");
        // The letter that confirms and the letter after it are the two of the week.
        Assert.Equal(2, Count("letters"));
        await _fixture.SignAsync("box+1@example.org");
        await _fixture.SignAsync("box+2@example.org");
        await _fixture.SignAsync("box+3@example.org");
        Assert.Equal(4, Count("letters"));
    }

    [Fact]
    public async Task Manage_links_count_for_their_mailbox()
    {
        await _fixture.SignAsync("box@example.org");
        var email = EmailAddress.Parse("box@example.org").Address!;
        for (var n = 0; n < 5; n++)
            await _fixture.Get<SigningStore>().SendManageLinkAsync(_fixture.Campaign, email, null);
        Assert.Equal(2, Count("letters WHERE kind = 'manage'"));
    }

    [Fact]
    public async Task Many_requests_for_one_mailbox_in_one_batch_are_counted_one_by_one()
    {
        _fixture.Get<IOptions<LimitOptions>>().Value.LettersPerMailboxPerHour = 4;
        await Task.WhenAll(
            Enumerable.Range(0, 12).Select(n => _fixture.SignAsync($"box+{n}@example.org", name: $"Kari {n}"))
        );
        Assert.Equal(4, Count("letters"));
        Assert.Equal(12, Count("signatures"));
        Assert.Equal(7, Count("signatures WHERE hold_reason = 'alike'"));
    }

    [Fact]
    public async Task Mailbox_has_a_row_from_its_second_letter()
    {
        await _fixture.SignAsync("box@example.org");
        Assert.Equal(0, Count("mailbox_letters"));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(61));
        await _fixture.SignAsync("box+1@example.org");
        Assert.Equal(1, Count("mailbox_letters WHERE in_hour = 1 AND in_day = 2"));
        await _fixture.SignAsync("other@example.org");
        await _fixture.SignAsync("other+1@example.org");
        Assert.Equal(1, Count("mailbox_letters WHERE in_hour = 2 AND in_day = 2"));
    }

    [Fact]
    public async Task First_letter_is_forgotten_after_a_day()
    {
        await _fixture.SignAsync("box@example.org");
        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        await _fixture.SignAsync("box+1@example.org");
        Assert.Equal(0, Count("mailbox_letters"));
        await _fixture.SignAsync("box+2@example.org");
        Assert.Equal(1, Count("mailbox_letters WHERE in_hour = 2 AND in_day = 2"));
    }

    [Fact]
    public async Task First_letter_that_is_not_sent_does_not_count()
    {
        await _fixture.ConfirmAsync("box@example.org");
        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        _fixture.Get<IOptions<LimitOptions>>().Value.LettersPerAddressPerWeek = 1;
        await _fixture.SignAsync("box@example.org");
        await _fixture.SignAsync("box@example.org");
        await _fixture.SignAsync("box+1@example.org");
        await _fixture.SignAsync("box+2@example.org");
        Assert.Equal(1, Count("mailbox_letters WHERE in_hour = 2 AND in_day = 2"));
        Assert.Equal(1, Count("mailbox_letters"));
    }

    [Fact]
    public async Task Counts_of_mailboxes_are_deleted_after_a_day()
    {
        await _fixture.SignAsync("box+1@example.org");
        await _fixture.SignAsync("box@example.org");
        _fixture.Clock.Advance(TimeSpan.FromHours(23));
        await _fixture.RunAsync<ForgetMailboxesJob>();
        Assert.Equal(1, Count("mailbox_letters"));
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        await _fixture.RunAsync<ForgetMailboxesJob>();
        Assert.Equal(0, Count("mailbox_letters"));
    }

    [Fact]
    public async Task Mailbox_is_stored_as_a_keyed_hash_of_its_own()
    {
        await _fixture.SignAsync("box@example.org");
        await _fixture.SignAsync("box+1@example.org");
        var stored = _fixture.Query(connection => connection.QuerySingle<byte[]>("SELECT hash FROM mailbox_letters"));
        var index = _fixture.Get<KeyRing>().BlindIndex;
        Assert.Equal(index.ComputeMailbox("box@example.org"), stored);
        Assert.NotEqual(index.Compute(0, "box@example.org"), stored);
        Assert.NotEqual(index.ComputeFolded(_fixture.Campaign.Id, "box@example.org"), stored);
    }

    [Fact]
    public async Task Rotation_of_the_index_key_begins_the_counts_of_letters_again()
    {
        for (var n = 0; n < 4; n++)
            await _fixture.SignAsync($"box+{n}@example.org");
        await _fixture.RotateKeyAsync("index");
        await _fixture.SignAsync("box+4@example.org");
        Assert.Equal(4, Count("letters"));
    }

    private void Limit()
    {
        var limits = _fixture.Get<IOptions<LimitOptions>>().Value;
        limits.LettersPerMailboxPerHour = 3;
        limits.LettersPerMailboxPerDay = 10;
    }

    private long Count(string rows) =>
        _fixture.Query(connection => connection.QuerySingle<long>($"SELECT count(*) FROM {rows}"));
}
