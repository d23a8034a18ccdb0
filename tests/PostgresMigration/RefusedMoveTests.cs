using Campaigns.Db;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.PostgresMigration;

/// <summary>
/// Whoever begins where no move can end is told so, and the old side is as it was.
/// </summary>
[Trait("Database", "postgres")]
public sealed class RefusedMoveTests : IAsyncLifetime
{
    private MigrationPair _sides = null!;

    public async Task InitializeAsync() => _sides = await new MigrationPair().WithCampaignAsync();

    public async Task DisposeAsync() => await _sides.DisposeAsync();

    [Fact]
    public void A_wrong_beginning_is_named_and_nothing_is_left_behind()
    {
        Says("Database:Provider is not 'sqlite'", _sides.Refusal(from: new DatabaseOptions { Provider = "postgres" }));
        Says(
            "There is no database at",
            _sides.Refusal(from: new DatabaseOptions { ConnectionString = "Data Source=/nowhere/campaign.db" })
        );
        Says("--to cannot be read", _sides.Refusal("nonsense"));
        Says("PostgreSQL cannot be used", _sides.Refusal("Host=127.0.0.1;Port=1;Database=campaign;Username=campaign"));
        Says(
            "synchronous_commit is off",
            Assert
                .Throws<StartRefusedException>(() => _sides.Move($"{_sides.Target};Options=-c synchronous_commit=off"))
                .Message
        );
        File.Move(Path.Combine(_sides.Folder, "keys", "root-1.key"), Path.Combine(_sides.Folder, "root"));
        Assert.Throws<Db.Keys.KeysRefusedException>(() => _sides.Move());
        File.Move(Path.Combine(_sides.Folder, "root"), Path.Combine(_sides.Folder, "keys", "root-1.key"));
        Assert.Equal(0, _sides.QueryOld<long>("SELECT count(*) FROM fence"));
        Assert.Equal(0, _sides.QueryNew<long>("SELECT count(*) FROM pg_class WHERE relname = 'fence'"));
        Assert.Single(_sides.Move());
    }

    [Fact]
    public async Task The_command_says_why_it_refuses_and_ends_with_1_whoever_refused()
    {
        var asleep = await _sides.RunMoveAsync($"{_sides.Target};Options=-c synchronous_commit=off");
        Assert.Equal(1, asleep.Code);
        Says("synchronous_commit is off", asleep.Errors);
        File.Delete(Path.Combine(_sides.Folder, "keys", "root-1.key"));
        var keyless = await _sides.RunMoveAsync();
        Assert.Equal(1, keyless.Code);
        Says("The key file root-1.key of this database is missing.", keyless.Errors);
    }

    [Fact]
    public void An_older_version_that_serves_on_after_a_refusal_has_its_own_tables()
    {
        _sides.MakeOlder();
        var before = _sides.SchemaOfOld();
        using (var connection = _sides.OpenNew())
        {
            _sides.MakeTables();
            connection.Execute(
                "INSERT INTO staff (id, name, role, token_hash, created_at) VALUES (1, 'Anne', 'auditor', '', 1)"
            );
            Says("is not empty", _sides.Refusal());
            Assert.Equal(before, _sides.SchemaOfOld());
            connection.Execute("DELETE FROM staff");
        }
        // Refused after everything was copied and read.
        using (var connection = _sides.OpenOld())
            connection.Execute($"UPDATE ledger_heads SET root = '{new string('0', 64)}' || root");
        Says("do not lead to the root of its newest head", _sides.Refusal());
        Assert.Equal(before, _sides.SchemaOfOld());
        using (var connection = _sides.OpenOld())
            connection.Execute("UPDATE ledger_heads SET root = substr(root, 65)");
        Assert.Single(_sides.Move());
        Assert.Equal(1, _sides.QueryOld<long>("SELECT count(*) FROM fence"));
        Assert.Equal(1, _sides.QueryNew<long>("SELECT count(*) FROM signatures"));
    }

    [Fact]
    public async Task A_database_that_is_in_use_or_holds_something_is_refused_and_one_that_was_only_started_is_taken()
    {
        await (await CampaignServer.StartAsync(_sides.Folder)).DisposeAsync();
        Says("works on that database", _sides.Refusal());
        using (var connection = _sides.OpenNew())
        {
            connection.Execute(
                "UPDATE writers SET lease_until = 1; INSERT INTO staff (id, name, role, token_hash, created_at) VALUES (1, 'Anne', 'auditor', '', 1)"
            );
            Says("is not empty (staff has rows)", _sides.Refusal());
            connection.Execute("DELETE FROM staff");
        }
        Assert.Equal(0, _sides.QueryOld<long>("SELECT count(*) FROM fence"));
        Assert.Single(_sides.Move());
        await using var server = await CampaignServer.StartAsync(_sides.Folder);
        await server.SignAsync(MigrationPair.Slug, CampaignServer.Signature("new@example.org"));
    }

    [Fact]
    public async Task What_does_not_hold_together_does_not_move()
    {
        using (var connection = _sides.OpenOld())
            connection.Execute("UPDATE campaigns SET goal = 'many'");
        Says("A row of campaigns has in goal what PostgreSQL cannot keep there", _sides.Refusal());
        using (var connection = _sides.OpenOld())
            connection.Execute(
                $"UPDATE campaigns SET goal = 7; UPDATE ledger_heads SET root = '{new string('0', 64)}' WHERE size = 1"
            );
        Says("do not lead to the root of its newest head", _sides.Refusal());
        Assert.Equal(0, _sides.QueryOld<long>("SELECT count(*) FROM fence"));
        // Filled and not handed over: nobody serves it.
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => CampaignServer.StartAsync(_sides.Folder));
        Says("A move into this database has not ended", refused.Message);
    }

    [Fact]
    public void A_row_that_does_not_arrive_or_arrives_as_another_is_noticed()
    {
        _sides.MakeTables();
        using var connection = _sides.OpenNew();
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
            Says($"The two sides differ: rows of {table}", _sides.Refusal());
            Assert.Equal(0, _sides.QueryOld<long>("SELECT count(*) FROM fence"));
            connection.Execute($"DROP TRIGGER spoil ON {table}");
        }
        Assert.Single(_sides.Move());
    }

    private static void Says(string words, string sentence) =>
        Assert.Contains(words, sentence, StringComparison.Ordinal);
}
