using Campaigns.Db;
using Campaigns.Tests.Ledger;
using Campaigns.Tests.Running;
using Dapper;

namespace Campaigns.Tests.Writes;

/// <summary>The write-ahead log comes back into the database file, whether anybody rests or not. PostgreSQL sees to its own.</summary>
[Trait("Database", "sqlite")]
public sealed class CheckpointTests : IAsyncLifetime
{
    private const string Name = "somebody to be found again";

    private OneCampaign _campaign = null!;

    public async Task InitializeAsync() => _campaign = await new OneCampaign().StartAsync();

    public async Task DisposeAsync() => await _campaign.DisposeAsync();

    [Fact]
    public async Task The_log_begins_anew_while_writing_goes_on()
    {
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(() => WriteAsync(stop.Token));
        var begun = new HashSet<string>();
        await CampaignServer.UntilAsync(() => Task.FromResult(begun.Add(Beginning()) && begun.Count == 4), "the log does not begin anew");
        await stop.CancelAsync();
        Assert.Equal(await writing, _campaign.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM staff")));
        Assert.Equal("ok", _campaign.Query(connection => connection.QuerySingle<string>("PRAGMA integrity_check")));
    }

    [Fact]
    public async Task Once_nobody_writes_everything_is_in_the_database_file()
    {
        await AddStaffAsync(1);
        await CampaignServer.UntilAsync(() => Task.FromResult(IsInFile()), "what was written stays in the log");
    }

    [Fact]
    public async Task What_a_long_reading_kept_in_the_log_follows_once_it_ends()
    {
        using var read = new ManualResetEventSlim();
        var reading = Task.Run(() => _campaign.Database.Snapshot(connection =>
        {
            var before = connection.QuerySingle<long>("SELECT count(*) FROM staff");
            return read.Wait(TimeSpan.FromMinutes(1)) ? before : -1;
        }));
        await Task.Delay(200);
        await AddStaffAsync(1);
        // Two checkpoints' time.
        await Task.Delay(2_500);
        Assert.False(IsInFile());
        read.Set();
        Assert.Equal(0, await reading);
        await CampaignServer.UntilAsync(() => Task.FromResult(IsInFile()), "what was written stays in the log");
    }

    private async Task<long> WriteAsync(CancellationToken stop)
    {
        var written = 0;
        for (; !stop.IsCancellationRequested; written += 4) await Task.WhenAll(Enumerable.Range(written, 4).Select(AddStaffAsync));
        return written;
    }

    private Task AddStaffAsync(int id) => _campaign.Database.Writes.RunAsync(write => write.Connection.Execute(
        "INSERT INTO staff (id, name, role, token_hash, created_at) VALUES (@id, @Name, 'auditor', @hash, 0)", new { id, Name, hash = BitConverter.GetBytes(id) }));

    // By another process: closing the file in this one would let go of the locks that SQLite has on it.
    private bool IsInFile() => Command.Run("sh", "-c", $"grep -c '{Name}' '{Path.Combine(_campaign.Folder, "data", Database.FileName)}' || true").Trim() != "0";

    /// <summary>The head of the log, whose salts are new each time it begins anew.</summary>
    private string Beginning()
    {
        using var log = new FileStream(Path.Combine(_campaign.Folder, "data", Database.FileName + "-wal"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var head = new byte[32];
        log.ReadExactly(head);
        return Convert.ToHexString(head);
    }
}
