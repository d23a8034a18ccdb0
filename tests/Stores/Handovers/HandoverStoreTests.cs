using System.Text;
using Campaigns.Db.Handovers;
using Campaigns.Db.Schema;
using Campaigns.Db.Staff;
using Campaigns.Handovers;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Retention;
using Dapper;

namespace Campaigns.Tests.Stores.Handovers;

public sealed class HandoverStoreTests : IAsyncLifetime
{
    private static readonly string[] _tables =
    [
        "handovers",
        "handover_packets",
        "handover_attempts",
        "handover_answers",
    ];

    private PacketFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new PacketFixture().StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Handover_is_read_as_it_was_recorded()
    {
        var packet = await BuildAsync();
        var id = await _fixture.PlanAsync(packet);
        Assert.Equal(1, (await _fixture.AttemptAsync(id, AttemptOutcome.Refused)).Value);
        Assert.Equal(2, (await _fixture.AttemptAsync(id, AttemptOutcome.Received)).Value);
        Assert.Equal(1, (await _fixture.AnswerAsync(id, AnswerKind.Acknowledged)).Value);

        var read = _fixture.FindHandover(id);
        Assert.Equal((HandoverState.Delivered, 1), (read.Progress.State, read.Progress.Answer));
        Assert.Equal(new TimeOnly(11, 30), read.Plan.Time);
        Assert.Equal([$"{HandoverFixture.Secret} Hansen", "Ola"], read.Plan.Notes.Delegation!);
        Assert.Equal([packet], read.Attempts[1].Facts.Packets);
        Assert.Equal($"{HandoverFixture.Secret}/7", read.Attempts[1].Draft.Notes.Reference);
        Assert.Equal(id, Assert.Single(List(null)).Id);
        Assert.Empty(List([]));
        Assert.Empty(List(["embassy"]));
    }

    [Fact]
    public async Task Notes_are_in_no_plain_column()
    {
        var id = await _fixture.PlanAsync(await BuildAsync());
        await _fixture.AttemptAsync(id, AttemptOutcome.Received);
        foreach (var ((table, column), kind) in Classification.Columns.Where(one => _tables.Contains(one.Key.Table)))
        {
            foreach (var value in Values(table, column))
            {
                var bytes = value as byte[] ?? Encoding.UTF8.GetBytes($"{value}");
                Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(HandoverFixture.Secret)));
                Assert.Equal(kind == ColumnClass.Encrypted, value is byte[]);
            }
        }
        Assert.Equal(7, EncryptedValues());
    }

    [Fact]
    public async Task Packet_that_is_not_ready_or_stale_is_carried_by_no_attempt()
    {
        await _fixture.ConfirmPersonAsync("Kari Nordmann", country: "NO");
        await _fixture.SealAllAsync();
        var packet = await _fixture.RequestAsync("embassy-oslo", disclosure: Disclosure.Initials);
        var id = await _fixture.PlanAsync(packet);
        Assert.Equal(Refusal.PacketNotReady, (await _fixture.AttemptAsync(id, AttemptOutcome.Received)).Refusal);
        Assert.Null(await _fixture.ApproveAsync(packet));
        await _fixture.RunAsync();
        Assert.Null((await _fixture.AttemptAsync(id, AttemptOutcome.Posted)).Refusal);
        await SetStatusAsync(packet, "stale");
        Assert.Equal(Refusal.PacketStale, (await _fixture.AttemptAsync(id, AttemptOutcome.Refused)).Refusal);
        Assert.Null((await _fixture.AttemptAsync(id, AttemptOutcome.Received)).Refusal);
    }

    [Fact]
    public async Task Correction_needs_no_ready_packet_and_is_audited_with_its_reason()
    {
        var packet = await BuildAsync();
        var id = await _fixture.PlanAsync(packet);
        await _fixture.AttemptAsync(id, AttemptOutcome.Received);
        await _fixture.AnswerAsync(id, AnswerKind.Full);
        await SetStatusAsync(packet, "ended");
        var records = _fixture.Get<HandoverRecordStore>();
        var corrected = await records.CorrectAttemptAsync(
            _fixture.Campaign,
            id,
            1,
            draft => new Correction<AttemptDraft>(draft with { Outcome = AttemptOutcome.LeftOutside }, "misread"),
            Actor.Operator
        );
        var progress = corrected.Value!.Progress;
        Assert.Equal((HandoverState.Answered, null), (progress.State, progress.DayZero));
        Assert.NotNull(corrected.Value.Attempts[0].CorrectedAt);
        var late = await records.CorrectAnswerAsync(
            _fixture.Campaign,
            id,
            1,
            draft => new Correction<AnswerDraft>(draft with { On = draft.On.AddDays(-1) }, "misread"),
            Actor.Operator
        );
        Assert.Contains("on", late.Refusal!.Errors!.Keys);
        Assert.Equal(
            ["1: misread"],
            _fixture.Query(connection =>
                connection.Query<string>("SELECT detail FROM audit WHERE action = 'handover.correct-attempt'").ToList()
            )
        );
    }

    [Fact]
    public async Task Handover_without_attempts_is_deleted_with_everything()
    {
        var packet = await BuildAsync();
        var (kept, deleted) = (await _fixture.PlanAsync(packet), await _fixture.PlanAsync(packet));
        await _fixture.AttemptAsync(kept, AttemptOutcome.Refused);
        var store = _fixture.Get<HandoverStore>();
        Assert.Equal(Refusal.WrongState, await store.DeleteAsync(_fixture.Campaign, kept, Actor.Operator));
        Assert.Null(await store.DeleteAsync(_fixture.Campaign, deleted, Actor.Operator));
        Assert.Equal(Refusal.NotFound, await store.DeleteAsync(_fixture.Campaign, deleted, Actor.Operator));
        Assert.Equal([kept], Values("handover_packets", "handover_id").Select(Convert.ToInt64));
    }

    [Fact]
    public async Task Public_handovers_follow_every_commit()
    {
        var packet = await BuildAsync();
        var id = await _fixture.PlanAsync(packet);
        await _fixture.PlanAsync(packet, isPublic: false);
        var cache = _fixture.Get<PublicHandovers>();
        var before = Assert.Single(await cache.OfAsync(_fixture.Campaign.Id));
        Assert.Null(before.Plan.Notes.Place);
        Assert.Equal(HandoverState.Planned, before.Progress.State);
        await _fixture.AttemptAsync(id, AttemptOutcome.Received);
        var after = Assert.Single(await cache.OfAsync(_fixture.Campaign.Id));
        Assert.Equal(HandoverState.Delivered, after.Progress.State);
    }

    [Fact]
    public async Task Notes_are_erased_a_year_after_the_answer_also_in_a_restored_backup()
    {
        var packet = await BuildAsync();
        var (answered, silent) = (await _fixture.PlanAsync(packet), await _fixture.PlanAsync(packet));
        await _fixture.AttemptAsync(answered, AttemptOutcome.Received);
        await _fixture.AttemptAsync(silent, AttemptOutcome.Received);
        await _fixture.AnswerAsync(answered, AnswerKind.Full);
        await _fixture.BackUpAsync();
        _fixture.Clock.Advance(TimeSpan.FromDays(364));
        await _fixture.RunAsync<EraseHandoverNotesJob>();
        Assert.Equal(14, EncryptedValues());
        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        await _fixture.RunAsync<EraseHandoverNotesJob>();
        Assert.Equal(7, EncryptedValues());
        Assert.Null(_fixture.FindHandover(answered).Plan.Notes.Delegation);
        Assert.NotNull(_fixture.FindHandover(silent).Plan.Notes.Delegation);
        Assert.Equal(HandoverState.Answered, _fixture.FindHandover(answered).Progress.State);

        await _fixture.RestoreAsync();
        Assert.Equal(14, EncryptedValues());
        await _fixture.RunAsync<EraseHandoverNotesJob>();
        Assert.Equal(7, EncryptedValues());
        _fixture.Clock.Advance(TimeSpan.FromDays(366));
        await _fixture.RunAsync<EraseHandoverNotesJob>();
        Assert.Equal(0, EncryptedValues());
    }

    private async Task<long> BuildAsync()
    {
        await _fixture.ConfirmPersonAsync("Kari Nordmann", country: "NO");
        return await _fixture.BuildAsync("embassy-oslo", disclosure: Disclosure.Initials);
    }

    private IReadOnlyList<Handover> List(IReadOnlyList<string>? recipients) =>
        _fixture.Get<HandoverReader>().List(_fixture.Campaign.Id, recipients, long.MaxValue, 10);

    private Task SetStatusAsync(long packet, string status) =>
        _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE packets SET status = @status WHERE id = @packet", new { packet, status })
        );

    private int EncryptedValues() =>
        Classification
            .Columns.Where(one => _tables.Contains(one.Key.Table) && one.Value == ColumnClass.Encrypted)
            .Sum(one => Values(one.Key.Table, one.Key.Column).Count);

    private List<object> Values(string table, string column) =>
        _fixture.Query(connection =>
            connection
                .Query($"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
                .Select(row => ((IDictionary<string, object>)row)[column])
                .ToList()
        );
}
