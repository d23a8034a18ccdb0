using Campaigns.Db;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Engine;

/// <summary>
/// The write-ahead log is copied into the database file under load and without load. PostgreSQL has
/// its own checkpoints.
/// </summary>
[Trait("Database", "sqlite")]
public sealed class CheckpointTests : IAsyncLifetime
{
    private const string Name = "a name to find in the file";

    private const string Earlier = "an earlier name";

    private CampaignFixture _campaign = null!;

    public async Task InitializeAsync() => _campaign = await new CampaignFixture().StartAsync();

    public async Task DisposeAsync() => await _campaign.DisposeAsync();

    [Fact]
    public async Task Log_restarts_under_load()
    {
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(() => WriteAsync(stop.Token));
        var begun = new HashSet<string>();
        await CampaignServer.UntilAsync(() => begun.Add(ReadHeader()) && begun.Count == 4, "the log does not restart");
        await stop.CancelAsync();
        Assert.Equal(
            await writing,
            _campaign.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM staff"))
        );
        Assert.Equal("ok", _campaign.Query(connection => connection.QuerySingle<string>("PRAGMA integrity_check")));
    }

    [Fact]
    public async Task Idle_writer_checkpoints_everything()
    {
        await AddStaffAsync(1);
        await CampaignServer.UntilAsync(() => IsInFile(), "the row stays in the log");
    }

    [Fact]
    public async Task Rows_kept_in_the_log_by_a_long_reader_are_copied_once_it_ends()
    {
        await using (var first = await OpenSnapshot.BeginAsync(_campaign.Database))
        {
            // In another table: of a page that was written twice a checkpoint copies only the newest state.
            await _campaign.Database.Writes.RunAsync(write =>
                write.Connection.Execute(
                    "INSERT INTO network_keys (day, sealed_key) VALUES (@Earlier, @Earlier)",
                    new { Earlier }
                )
            );
            await using (var second = await OpenSnapshot.BeginAsync(_campaign.Database))
            {
                await AddStaffAsync(1);
                Assert.Equal(0, await first.EndAsync());
                // A checkpoint after both writes copies what the second reader sees, and no more.
                await CampaignServer.UntilAsync(() => IsInFile(Earlier), "the row stays in the log");
                Assert.False(IsInFile());
                Assert.Equal(0, await second.EndAsync());
            }
        }
        await CampaignServer.UntilAsync(() => IsInFile(), "the row stays in the log");
    }

    private async Task<long> WriteAsync(CancellationToken stop)
    {
        var written = 0;
        for (; !stop.IsCancellationRequested; written += 4)
            await Task.WhenAll(Enumerable.Range(written, 4).Select(AddStaffAsync));
        return written;
    }

    private Task AddStaffAsync(int id) =>
        _campaign.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                "INSERT INTO staff (id, name, role, created_at) VALUES (@id, @Name, 'auditor', 0)",
                new { id, Name }
            )
        );

    // By another process: closing the file in this process would release SQLite's locks on it.
    private bool IsInFile(string name = Name)
    {
        var file = Path.Combine(_campaign.Folder, "data", Database.FileName);
        return Command.Run("sh", "-c", $"grep -c '{name}' '{file}' || true").Trim() != "0";
    }

    /// <summary>The header of the log, whose salts change each time the log restarts.</summary>
    private string ReadHeader()
    {
        using var log = new FileStream(
            Path.Combine(_campaign.Folder, "data", Database.FileName + "-wal"),
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite
        );
        var head = new byte[32];
        log.ReadExactly(head);
        return Convert.ToHexString(head);
    }

    /// <summary>A snapshot that stays open until the test ends it.</summary>
    private sealed class OpenSnapshot : IAsyncDisposable
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _end = new();
        private Task<long> _reading = Task.FromResult(0L);

        public static async Task<OpenSnapshot> BeginAsync(Database database)
        {
            var reading = new OpenSnapshot();
            reading._reading = Task.Run(() =>
                database.Snapshot(connection =>
                {
                    var staff = connection.QuerySingle<long>("SELECT count(*) FROM staff");
                    reading._begun.SetResult();
                    return reading._end.Wait(TimeSpan.FromMinutes(2)) ? staff : -1;
                })
            );
            await Task.WhenAny(reading._begun.Task, reading._reading);
            return reading;
        }

        /// <summary>Ends the snapshot; returns how many rows it saw.</summary>
        public Task<long> EndAsync()
        {
            _end.Set();
            return _reading;
        }

        public async ValueTask DisposeAsync()
        {
            await EndAsync();
            _end.Dispose();
        }
    }
}
