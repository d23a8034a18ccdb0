using Campaigns.Db.Handovers;
using Campaigns.Db.Staff;
using Campaigns.Handovers;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Retention;
using Dapper;

namespace Campaigns.Tests.Stores.Handovers;

/// <summary>Files of evidence: erasure, restored backups, killed uploads.</summary>
public sealed class EvidenceStoreTests : IAsyncLifetime
{
    private static readonly EvidenceSubject _attempt = new(EvidenceSubject.Attempt, 1);

    private PacketFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new PacketFixture().StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    private EvidenceStore Store => _fixture.Get<EvidenceStore>();

    private string[] Files => Directory.GetFiles(Path.Combine(_fixture.Folder, "data", "evidence"));

    [Fact]
    public async Task Evidence_is_erased_a_year_after_the_answer_and_not_restored()
    {
        var id = await AttemptedAsync();
        await AddAsync(id);
        await _fixture.AnswerAsync(id, AnswerKind.Full);
        await _fixture.BackUpAsync();
        _fixture.Clock.Advance(TimeSpan.FromDays(364));
        await _fixture.RunAsync<EraseHandoverNotesJob>();
        Assert.Single(_fixture.FindHandover(id).Evidence);
        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        await _fixture.RunAsync<EraseHandoverNotesJob>();
        Assert.Empty(_fixture.FindHandover(id).Evidence);

        await _fixture.RestoreAsync();
        Assert.Empty(_fixture.FindHandover(id).Evidence);
        Assert.Equal(0, Keys());
    }

    [Fact]
    public async Task Evidence_that_staff_erased_stays_erased_after_a_restore()
    {
        var id = await AttemptedAsync();
        await AddAsync(id);
        await AddAsync(id);
        await _fixture.BackUpAsync();
        var first = _fixture.FindHandover(id).Evidence[0];
        Assert.Null(await Store.DeleteAsync(_fixture.Campaign, id, first, "shows a face", Actor.Operator));
        await _fixture.RestoreAsync();
        Assert.Equal(2, Assert.Single(_fixture.FindHandover(id).Evidence).Number);
        Assert.Null(Store.Open(first));
    }

    [Fact]
    public async Task Deleted_handover_stays_deleted_after_a_restore()
    {
        await _fixture.ConfirmPersonAsync("Kari Nordmann", country: "NO");
        var id = await _fixture.PlanAsync(await _fixture.BuildAsync("embassy-oslo", disclosure: Disclosure.Initials));
        await _fixture.BackUpAsync();
        Assert.Null(await _fixture.Get<HandoverStore>().DeleteAsync(_fixture.Campaign, id, Actor.Operator));
        await _fixture.RestoreAsync();
        Assert.Null(_fixture.Get<HandoverReader>().Find(id));
    }

    [Fact]
    public async Task Sweep_deletes_what_a_killed_upload_left_and_what_is_erased()
    {
        var id = await AttemptedAsync();
        await AddAsync(id);
        await AddAsync(id);
        var kept = _fixture.FindHandover(id).Evidence;
        // As after a kill between the file and its row.
        Store.Write("%PDF-left"u8, EvidenceRules.Pdf);
        Assert.Equal(3, Files.Length);
        await _fixture.RunAsync<SweepEvidenceJob>();
        Assert.Equal(3, Files.Length);
        await Store.DeleteAsync(_fixture.Campaign, id, kept[0], "shows a face", Actor.Operator);
        foreach (var file in Files)
            File.SetLastWriteTimeUtc(file, _fixture.Clock.GetUtcNow().UtcDateTime.AddHours(-2));
        await _fixture.RunAsync<SweepEvidenceJob>();
        Assert.Single(Files);
        using var content = Store.Open(kept[1])!;
        Assert.Equal("%PDF-1.7"u8.ToArray().Length, content.Length);
    }

    [Fact]
    public async Task Damaged_and_missing_files_are_told_apart()
    {
        var id = await AttemptedAsync();
        await AddAsync(id);
        var evidence = _fixture.FindHandover(id).Evidence[0];
        var file = Assert.Single(Files);
        var content = await File.ReadAllBytesAsync(file);
        content[^1] ^= 1;
        await File.WriteAllBytesAsync(file, content);
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => Store.Open(evidence));
        File.Delete(file);
        Assert.Null(Store.Open(evidence));
    }

    private async Task<long> AttemptedAsync()
    {
        await _fixture.ConfirmPersonAsync("Kari Nordmann", country: "NO");
        var packet = await _fixture.BuildAsync("embassy-oslo", disclosure: Disclosure.Initials);
        var id = await _fixture.PlanAsync(packet);
        Assert.Null((await _fixture.AttemptAsync(id, AttemptOutcome.Received)).Refusal);
        return id;
    }

    private async Task AddAsync(long id)
    {
        var file = Store.Write("%PDF-1.7"u8, EvidenceRules.Pdf);
        Assert.Null((await Store.AddAsync(_fixture.Campaign, id, _attempt, [file], Actor.Operator)).Refusal);
    }

    private long Keys() =>
        _fixture.Query(connection =>
            connection.QuerySingle<long>("SELECT count(*) FROM handover_evidence WHERE file_key IS NOT NULL")
        );
}
