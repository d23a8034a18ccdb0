using System.Text.Json.Nodes;
using Campaigns.Db;
using Campaigns.Db.Counts;
using Campaigns.Db.Engine.Sqlite;
using Campaigns.Db.Keys;
using Campaigns.Db.Operations;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Backups;

/// <summary>Backup and restore copy the SQLite file. PostgreSQL has its own tools.</summary>
[Trait("Database", "sqlite")]
public sealed class RestoreTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    private string Data => Path.Combine(_fixture.Folder, "data");

    private string Keys => Path.Combine(_fixture.Folder, "keys");

    public async Task InitializeAsync() => _fixture = await new CampaignFixture(minBatch: 5).StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Restored_rows_counters_and_ledgers_match_the_manifest()
    {
        var ids = await _fixture.ConfirmManyAsync(6);
        await _fixture.ConfirmManyAsync(3, "NL");
        await _fixture.SealAllAsync();
        await _fixture.WithdrawAsync(ids[0]);
        await _fixture.EraseAsync(ids[1]);
        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            var signed = 0;
            for (; !stop.IsCancellationRequested; signed++)
                await _fixture.SignAsync($"load{signed}@example.org", signed % 2 == 0 ? "NO" : "GB");
            return signed;
        });
        await CampaignServer.UntilAsync(
            () =>
                Task.FromResult(
                    _fixture.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM signatures")) >= 20
                ),
            "no signatures are written"
        );
        var manifest = BackUp("backup");
        await stop.CancelAsync();
        Assert.NotEqual(0, await load);
        await _fixture.ConfirmAsync("afterwards@example.org");

        var store = _fixture.Get<BackupStore>();
        BackupManifest restored = null!;
        await _fixture.RestartAsync(_ => restored = store.Restore(In("backup")));
        Assert.Equal(manifest.Sha256, restored.Sha256);
        var rows = _fixture.Query(connection =>
            connection
                .Query<(string Country, string State, long Rows)>(
                    "SELECT country, state, count(*) FROM signatures GROUP BY country, state ORDER BY country, state"
                )
                .ToList()
        );
        Assert.Equal(manifest.Signatures.Select(count => (count.Country, count.State, count.Rows)), rows);
        var counters = _fixture
            .Get<CountStore>()
            .ForStaff(_fixture.Campaign, null)
            .Countries.SelectMany(country =>
                country
                    .Buckets.Where(bucket => bucket.Value != 0)
                    .Select(bucket => (country.Country, State: bucket.Key, Rows: bucket.Value))
            )
            .Order();
        Assert.Equal(manifest.Signatures.Select(count => (count.Country, count.State, count.Rows)).Order(), counters);
        var head = _fixture.Ledger.GetHead(_fixture.Campaign.Id);
        Assert.Equal([new BackupLedger(CampaignFixture.Slug, head.Size, head.Root)], manifest.Ledgers);
        Assert.Equal(0, _fixture.Get<RecountStore>().Drift(_fixture.Campaign.Id));
    }

    [Fact]
    public async Task Restore_refuses_a_missing_folder()
    {
        var store = _fixture.Get<BackupStore>();
        await _fixture.RestartAsync(_ => AssertRefused<BackupRefusedException>(store, "elsewhere"));
    }

    [Fact]
    public async Task Restore_refuses_keys_of_another_installation()
    {
        await _fixture.ConfirmManyAsync(3);
        BackUp("backup");
        await using var other = await new CampaignFixture().StartAsync();
        var foreign = Directory
            .GetFiles(Path.Combine(other.Folder, "keys"))
            .ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes, StringComparer.Ordinal);
        var store = _fixture.Get<BackupStore>();
        await _fixture.RestartAsync(_ =>
        {
            var refused = 0;
            foreach (var file in Directory.GetFiles(Keys).Where(file => foreign.ContainsKey(Path.GetFileName(file))))
            {
                var own = File.ReadAllBytes(file);
                KeyFile.Write(file, foreign[Path.GetFileName(file)]);
                AssertRefused<KeysRefusedException>(store, "backup");
                File.Delete(file);
                AssertRefused<KeysRefusedException>(store, "backup");
                KeyFile.Write(file, own);
                refused++;
            }
            Assert.Equal(5, refused);
            store.Restore(In("backup"));
        });
    }

    [Fact]
    public async Task Restore_refuses_a_copy_that_differs_from_its_manifest()
    {
        await _fixture.ConfirmManyAsync(6);
        await _fixture.SealAllAsync();
        BackUp("backup");
        var store = _fixture.Get<BackupStore>();
        var path = Path.Combine(In("backup"), BackupStore.ManifestName);
        var honest = await File.ReadAllTextAsync(path);
        await _fixture.RestartAsync(_ =>
        {
            foreach (
                var corrupt in (Action<JsonNode>[])
                    [
                        manifest => manifest["signatures"]![0]!["rows"] = 7,
                        manifest => manifest["signatures"]!.AsArray().Clear(),
                        manifest => manifest["ledgers"]![0]!["size"] = 7,
                        manifest => manifest["ledgers"]![0]!["root"] = new string('0', 64),
                        manifest => manifest["sha256"] = new string('0', 64),
                    ]
            )
            {
                var manifest = JsonNode.Parse(honest)!;
                corrupt(manifest);
                File.WriteAllText(path, manifest.ToJsonString());
                AssertRefused<BackupRefusedException>(store, "backup");
            }
            File.WriteAllText(path, honest);
            // The database file of another backup under the manifest of this one.
            using (
                var connection = new SqliteDialect(
                    $"Data Source={Path.Combine(In("backup"), Database.FileName)};Pooling=False"
                ).OpenForWriting()
            )
                connection.Execute(
                    "UPDATE signatures SET state = 'withdrawn' WHERE id = (SELECT min(id) FROM signatures)"
                );
            AssertRefused<BackupRefusedException>(store, "backup");
        });
    }

    [Fact]
    public async Task Restore_refuses_to_overwrite_a_migrated_database()
    {
        await _fixture.ConfirmManyAsync(3);
        BackUp("backup");
        var store = _fixture.Get<BackupStore>();
        await _fixture.RestartAsync(_ =>
        {
            Change("INSERT INTO fence (id, state, set_at) VALUES (1, 'moved', 1)");
            AssertRefused<BackupRefusedException>(store, "backup");
            Change("DELETE FROM fence");
            store.Restore(In("backup"));
        });
        Assert.Equal(3, _fixture.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM signatures")));
    }

    [Fact]
    public async Task Restore_replaces_a_database_without_fence_table_and_an_unreadable_one()
    {
        BackUp("backup");
        var store = _fixture.Get<BackupStore>();
        await _fixture.RestartAsync(_ =>
        {
            Change("DROP TABLE fence");
            store.Restore(In("backup"));
            _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
            File.WriteAllText(Path.Combine(Data, Database.FileName), new string('?', 10_000));
            store.Restore(In("backup"));
        });
    }

    private void Change(string sql)
    {
        using var connection = new SqliteDialect(
            $"Data Source={Path.Combine(Data, Database.FileName)}"
        ).OpenForWriting();
        connection.Execute(sql);
    }

    private BackupManifest BackUp(string name) => _fixture.Get<BackupStore>().BackUp(_fixture.Database, In(name));

    private string In(string name) => Path.Combine(_fixture.Folder, name);

    private void AssertRefused<TError>(BackupStore store, string name)
        where TError : Exception
    {
        var before = File.ReadAllBytes(Path.Combine(Data, Database.FileName));
        Assert.Throws<TError>(() => store.Restore(In(name)));
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(Data, Database.FileName)));
        Assert.Empty(Directory.GetDirectories(Data, "replaced-*"));
        Assert.False(File.Exists(Path.Combine(Data, Database.FileName + ".restoring")));
    }
}
