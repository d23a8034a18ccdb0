using Campaigns.Sendings;
using Dapper;

namespace Campaigns.Tests.Stores.Sendings;

/// <summary>Mailboxes that refuse an update.</summary>
public sealed class SendingRefusalTests : IAsyncLifetime
{
    private SendingFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await SendingFixture.OpenAsync(subscribers: 40);

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Many_refusals_pause_the_sending_once()
    {
        Refuse(_ => true);
        await _fixture.BeginAsync();
        await _fixture.SendAsync();
        var paused = _fixture.Sending;
        Assert.Equal((SendingState.Paused, PauseReason.Bounces), (paused.State, paused.PauseReason));
        Assert.InRange(paused.Progress.Failed, 6, 40);
        await _fixture.Store.ResumeAsync(_fixture.Change);
        await _fixture.SendAsync();
        Assert.Equal(
            (SendingState.Sent, new SendingProgress(40, 40, 40)),
            (_fixture.Sending.State, _fixture.Sending.Progress)
        );
    }

    [Fact]
    public async Task Few_refusals_pause_nothing_and_end_letters_to_those_mailboxes()
    {
        Refuse(address => address.StartsWith("gb1@", StringComparison.Ordinal));
        await _fixture.BeginAsync();
        await _fixture.SendAsync();
        Assert.Equal(
            (SendingState.Sent, new SendingProgress(40, 40, 1)),
            (_fixture.Sending.State, _fixture.Sending.Progress)
        );
        Assert.Equal(
            "bounced",
            _fixture.Campaign.Query(connection => connection.QuerySingle<string>("SELECT reason FROM suppressions"))
        );
        _fixture.Letters.Server.Commands.Clear();
        await _fixture.NextAsync();
        await _fixture.BeginAsync();
        await _fixture.SendAsync();
        Assert.Equal(39, _fixture.Mailed.Count);
        Assert.DoesNotContain(SendingFixture.Address(1), _fixture.Mailed.Keys);
    }

    private void Refuse(Func<string, bool> refuses) =>
        _fixture.Letters.Server.Answer = command =>
            command.StartsWith("RCPT", StringComparison.Ordinal) && refuses(command.Split('<', '>')[1])
                ? "550 5.1.1 no such user"
            : command == "DATA" ? "354 go on"
            : "250 ok";
}
