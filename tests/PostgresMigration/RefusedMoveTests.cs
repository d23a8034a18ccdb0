using Campaigns.Db;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.PostgresMigration;

/// <summary>
/// A migration that cannot succeed is refused with a reason, and the SQLite side is unchanged.
/// </summary>
[Trait("Database", "postgres")]
public sealed class RefusedMoveTests : IAsyncLifetime
{
    private MigrationPair _pair = null!;

    public async Task InitializeAsync() => _pair = await new MigrationPair().WithCampaignAsync();

    public async Task DisposeAsync() => await _pair.DisposeAsync();

    [Fact]
    public void Refusal_gives_the_reason_and_leaves_nothing_behind()
    {
        Says("Database:Provider is not 'sqlite'", _pair.Refusal(from: new DatabaseOptions { Provider = "postgres" }));
        Says(
            "There is no database at",
            _pair.Refusal(from: new DatabaseOptions { ConnectionString = "Data Source=/nowhere/campaign.db" })
        );
        Says("--to cannot be read", _pair.Refusal("nonsense"));
        Says("PostgreSQL cannot be used", _pair.Refusal("Host=127.0.0.1;Port=1;Database=campaign;Username=campaign"));
        Says(
            "synchronous_commit is off",
            Assert
                .Throws<StartRefusedException>(() => _pair.Move($"{_pair.Target};Options=-c synchronous_commit=off"))
                .Message
        );
        File.Move(Path.Combine(_pair.Folder, "keys", "root-1.key"), Path.Combine(_pair.Folder, "root"));
        Assert.Throws<Db.Keys.KeysRefusedException>(() => _pair.Move());
        File.Move(Path.Combine(_pair.Folder, "root"), Path.Combine(_pair.Folder, "keys", "root-1.key"));
        Assert.Equal(0, _pair.QueryOld<long>("SELECT count(*) FROM fence"));
        Assert.Equal(0, _pair.QueryNew<long>("SELECT count(*) FROM pg_class WHERE relname = 'fence'"));
        Assert.Single(_pair.Move());
    }

    // Versions before this rule stored such a reason; PostgreSQL stores no U+0000.
    [Fact]
    public void Text_with_a_nul_character_is_moved_with_a_replacement()
    {
        using (var old = _pair.OpenOld())
            old.Execute("UPDATE signatures SET invalid_reason = @reason", new { reason = "sp\0am" });
        var reported = new List<string>();
        Assert.Single(_pair.Move(report: reported.Add));
        Assert.Equal("sp\uFFFDam", _pair.QueryNew<string>("SELECT invalid_reason FROM signatures"));
        Assert.Contains(reported, line => line.StartsWith("signatures: 1 texts", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refused_command_gives_the_reason_and_exits_with_1()
    {
        var asynchronous = await _pair.RunMoveAsync($"{_pair.Target};Options=-c synchronous_commit=off");
        Assert.Equal(1, asynchronous.Code);
        Says("synchronous_commit is off", asynchronous.Errors);
        File.Delete(Path.Combine(_pair.Folder, "keys", "root-1.key"));
        var keyless = await _pair.RunMoveAsync();
        Assert.Equal(1, keyless.Code);
        Says("The key file root-1.key of this database is missing.", keyless.Errors);
    }

    [Fact]
    public void Older_version_finds_its_schema_unchanged_after_a_refusal()
    {
        _pair.MakeOlder();
        var before = _pair.SchemaOfOld();
        using (var connection = _pair.OpenNew())
        {
            _pair.MakeTables();
            connection.Execute("INSERT INTO staff (id, name, role, created_at) VALUES (1, 'Anne', 'auditor', 1)");
            Says("is not empty", _pair.Refusal());
            Assert.Equal(before, _pair.SchemaOfOld());
            connection.Execute("DELETE FROM staff");
        }
        // Refused after everything was copied and read back.
        using (var connection = _pair.OpenOld())
            connection.Execute($"UPDATE ledger_heads SET root = '{new string('0', 64)}' || root");
        Says("do not lead to the root of its newest head", _pair.Refusal());
        Assert.Equal(before, _pair.SchemaOfOld());
        using (var connection = _pair.OpenOld())
            connection.Execute("UPDATE ledger_heads SET root = substr(root, 65)");
        Assert.Single(_pair.Move());
        Assert.Equal(1, _pair.QueryOld<long>("SELECT count(*) FROM fence"));
        Assert.Equal(1, _pair.QueryNew<long>("SELECT count(*) FROM signatures"));
    }

    [Fact]
    public async Task Target_in_use_or_with_rows_is_refused_and_an_empty_schema_is_accepted()
    {
        await (await CampaignServer.StartAsync(_pair.Folder)).DisposeAsync();
        Says("works on that database", _pair.Refusal());
        using (var connection = _pair.OpenNew())
        {
            connection.Execute(
                """
                UPDATE writers SET lease_until = 1;
                INSERT INTO staff (id, name, role, created_at) VALUES (1, 'Anne', 'auditor', 1)
                """
            );
            Says("is not empty (staff has rows)", _pair.Refusal());
            connection.Execute("DELETE FROM staff");
        }
        Assert.Equal(0, _pair.QueryOld<long>("SELECT count(*) FROM fence"));
        Assert.Single(_pair.Move());
        await using var server = await CampaignServer.StartAsync(_pair.Folder);
        await server.SignAsync(MigrationPair.Slug, CampaignServer.Signature("new@example.org"));
    }

    [Fact]
    public async Task Inconsistent_data_is_not_migrated()
    {
        using (var connection = _pair.OpenOld())
            connection.Execute("UPDATE campaigns SET goal = 'many'");
        Says("A row of campaigns has in goal what PostgreSQL cannot keep there", _pair.Refusal());
        using (var connection = _pair.OpenOld())
            connection.Execute(
                $"UPDATE campaigns SET goal = 7; UPDATE ledger_heads SET root = '{new string('0', 64)}' WHERE size = 1"
            );
        Says("do not lead to the root of its newest head", _pair.Refusal());
        Assert.Equal(0, _pair.QueryOld<long>("SELECT count(*) FROM fence"));
        // Copied but not completed: no server starts on it.
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => CampaignServer.StartAsync(_pair.Folder));
        Says("A move into this database has not ended", refused.Message);
    }

    [Fact]
    public void Lost_or_changed_row_is_detected()
    {
        _pair.MakeTables();
        using var connection = _pair.OpenNew();
        foreach (
            var (table, spoil) in (ReadOnlySpan<(string, string)>)
                [("consents", "RETURN NULL"), ("letters", "NEW.created_at := NEW.created_at + 1; RETURN NEW")]
        )
        {
            connection.Execute(
                $"""
                CREATE OR REPLACE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {spoil}; END $$;
                CREATE TRIGGER spoil BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION spoil()
                """
            );
            Says($"The two sides differ: rows of {table}", _pair.Refusal());
            Assert.Equal(0, _pair.QueryOld<long>("SELECT count(*) FROM fence"));
            connection.Execute($"DROP TRIGGER spoil ON {table}");
        }
        Assert.Single(_pair.Move());
    }

    private static void Says(string words, string sentence) =>
        Assert.Contains(words, sentence, StringComparison.Ordinal);
}
