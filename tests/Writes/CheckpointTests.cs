using Campaigns.Db;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Ledger;
using Dapper;

namespace Campaigns.Tests.Writes;

/// <summary>
/// The write-ahead log comes back into the database file, whether anybody rests or not. PostgreSQL
/// sees to its own.
/// </summary>
[Trait("Database", "sqlite")]
public sealed class CheckpointTests : IAsyncLifetime
{
    private const string Name = "somebody to be found again";

    private const string Earlier = "and one who came before";

    private CampaignFixture _campaign = null!;

    public async Task InitializeAsync() => _campaign = await new CampaignFixture().StartAsync();

    public async Task DisposeAsync() => await _campaign.DisposeAsync();

    [Fact]
    public async Task The_log_begins_anew_while_writing_goes_on()
    {
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(() => WriteAsync(stop.Token));
        var begun = new HashSet<string>();
        await CampaignServer.UntilAsync(
            () => Task.FromResult(begun.Add(Beginning()) && begun.Count == 4),
            "the log does not begin anew"
        );
        await stop.CancelAsync();
        Assert.Equal(
            await writing,
            _campaign.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM staff"))
        );
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
        await using (var first = await OpenReading.BeginAsync(_campaign.Database))
        {
            // In another table: of a page that was written twice a checkpoint copies the newest state or none.
            await _campaign.Database.Writes.RunAsync(write =>
                write.Connection.Execute(
                    "INSERT INTO network_keys (day, sealed_key) VALUES (@Earlier, @Earlier)",
                    new { Earlier }
                )
            );
            await using (var second = await OpenReading.BeginAsync(_campaign.Database))
            {
                await AddStaffAsync(1);
                Assert.Equal(0, await first.EndAsync());
                // A checkpoint after both were written copies what the second reading sees, and no more.
                await CampaignServer.UntilAsync(() => IsInFile(Earlier), "what was written stays in the log");
                Assert.False(IsInFile());
                Assert.Equal(0, await second.EndAsync());
            }
        }
        await CampaignServer.UntilAsync(() => Task.FromResult(IsInFile()), "what was written stays in the log");
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
                "INSERT INTO staff (id, name, role, token_hash, created_at) VALUES (@id, @Name, 'auditor', @hash, 0)",
                new
                {
                    id,
                    Name,
                    hash = BitConverter.GetBytes(id),
                }
            )
        );

    // By another process: closing the file in this one would let go of the locks that SQLite has on it.
    private bool IsInFile(string name = Name)
    {
        var file = Path.Combine(_campaign.Folder, "data", Database.FileName);
        return Command.Run("sh", "-c", $"grep -c '{name}' '{file}' || true").Trim() != "0";
    }

    /// <summary>The head of the log, whose salts are new each time it begins anew.</summary>
    private string Beginning()
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

    /// <summary>A snapshot that stays open until it is ended.</summary>
    private sealed class OpenReading : IAsyncDisposable
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _end = new();
        private Task<long> _reading = Task.FromResult(0L);

        public static async Task<OpenReading> BeginAsync(Database database)
        {
            var reading = new OpenReading();
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

        /// <summary>Ends it; returns how many rows it saw.</summary>
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
