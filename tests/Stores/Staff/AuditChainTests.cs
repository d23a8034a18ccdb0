using System.Globalization;
using Campaigns.Api.Commands;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Staff;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Staff;

/// <summary>
/// A changed audit trail is found by the command, on the rows of a real database.
/// </summary>
public sealed class AuditChainTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    private AuditChainStore Chain => _fixture.Get<AuditChainStore>();

    public async Task InitializeAsync()
    {
        _fixture = await new CampaignFixture().StartAsync();
        foreach (var word in (string[])["one", "two", "three", "four", "five"])
        {
            _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
            await _fixture.Get<AuditStore>().WriteAsync(Actor.Operator, "test." + word, subject: word);
        }
        await Chain.LinkAsync(default);
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Unchanged_trail_passes_and_new_lines_continue_it()
    {
        var (code, output) = await CheckAsync();
        Assert.Equal(0, code);
        Assert.Contains(Newest().Hash, output, StringComparison.Ordinal);
        Assert.Contains("0 lines to be linked", output, StringComparison.Ordinal);
        var earlier = Newest();
        await _fixture.Get<AuditStore>().WriteAsync(Actor.Operator, "test.six");
        Assert.Contains("1 line to be linked", (await CheckAsync()).Output, StringComparison.Ordinal);
        await Chain.LinkAsync(default);
        Assert.Equal(earlier.Size + 1, Newest().Size);
        Assert.Equal(0, (await CheckAsync($"--hash={earlier.Hash}")).Code);
        Assert.Equal(1, (await CheckAsync($"--hash={new string('a', 64)}")).Code);
    }

    [Theory]
    [InlineData("UPDATE audit SET detail = 'other' WHERE id = @three", "@three of", "changed")]
    [InlineData("UPDATE audit SET at = at + 1 WHERE id = @three", "@three of", "changed")]
    [InlineData("UPDATE audit SET staff_id = 7 WHERE id = @three", "@three of", "changed")]
    [InlineData("DELETE FROM audit WHERE id = @three", "@three of", "deleted")]
    [InlineData("INSERT INTO audit (id, at, action) VALUES (@three + 1, 5, 'x')", "", "inserted")]
    [InlineData(
        "UPDATE audit SET subject = CASE subject WHEN 'two' THEN 'four' ELSE 'two' END "
            + "WHERE subject IN ('two', 'four')",
        "@two of",
        "changed"
    )]
    [InlineData(
        "UPDATE audit_links SET n = CASE n WHEN @n THEN -1 ELSE @n END WHERE n IN (@n, @n + 1); "
            + "UPDATE audit_links SET n = @n + 1 WHERE n = -1",
        "Link @n of",
        "changed"
    )]
    [InlineData("DELETE FROM audit_links WHERE n = @n", "Link @n of", "missing")]
    [InlineData("DELETE FROM audit_links WHERE n > @n", "Link @after of", "missing")]
    [InlineData(
        "UPDATE audit_links SET audit_id = NULL, salt = NULL WHERE audit_id = @three; "
            + "DELETE FROM audit WHERE id = @three",
        "link @n ",
        "before its time"
    )]
    [InlineData(
        "UPDATE audit_heads SET first = @n + 1, first_hash = (SELECT hash FROM audit_links WHERE n = @n); "
            + "DELETE FROM audit WHERE id <= @three; DELETE FROM audit_links WHERE n <= @n",
        "Link @n of",
        "missing"
    )]
    public async Task Changed_trail_names_its_first_bad_line(string sql, string name, string what)
    {
        Assert.Equal(0, (await CheckAsync()).Code);
        var lines = _fixture.Query(connection =>
            connection
                .Query<(string Subject, long Id)>("SELECT subject, id FROM audit WHERE action LIKE 'test.%'")
                .ToDictionary(line => line.Subject, line => line.Id)
        );
        var n = _fixture.Query(connection =>
            connection.QuerySingle<long>("SELECT n FROM audit_links WHERE audit_id = @id", new { id = lines["three"] })
        );
        await _fixture.Database.Writes.RunAsync(write =>
        {
            write.Connection.Execute(TestSql.DropTrigger("audit_keeps_words", "audit"));
            write.Connection.Execute(TestSql.DropTrigger("audit_keeps_rows", "audit"));
            return write.Connection.Execute(sql, new { three = lines["three"], n });
        });
        var (code, output) = await CheckAsync();
        Assert.Equal(1, code);
        Assert.Contains(what, output, StringComparison.Ordinal);
        foreach (var (subject, id) in lines)
            name = name.Replace("@" + subject, id.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        name = name.Replace("@after", $"{n + 1}", StringComparison.Ordinal)
            .Replace("@n", $"{n}", StringComparison.Ordinal);
        Assert.Contains(name, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retention_leaves_a_chain_that_still_checks()
    {
        var id = await _fixture.Get<StaffStore>().EnsureAsync("Anne", Role.Auditor, []);
        await _fixture.Get<SessionStore>().StartAsync(id, "Firefox, Linux", secondFactor: true);
        await _fixture.Get<AuditStore>().WriteAsync(Actor.Operator, "test.six");
        _fixture.Clock.Advance(AuditRetention.SignInsStay + TimeSpan.FromMinutes(1));
        await _fixture.Get<AuditRetentionStore>().ForgetAsync(default);
        Assert.Equal(1, Count("SELECT count(*) FROM audit_links WHERE audit_id IS NULL AND salt IS NULL"));
        Assert.Equal(0, (await CheckAsync()).Code);
        var before = Newest();
        _fixture.Clock.Advance(TimeSpan.FromDays(366 * 6));
        await _fixture.Get<AuditRetentionStore>().ForgetAsync(default);
        await Chain.LinkAsync(default);
        Assert.Equal(0, Count("SELECT count(*) FROM audit WHERE action LIKE 'test.%'"));
        Assert.Equal(1, Count("SELECT count(*) FROM audit_links WHERE audit_id IS NULL"));
        Assert.True(Newest().Size > before.Size);
        Assert.Equal(0, (await CheckAsync()).Code);
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE audit_heads SET first_hash = hash")
        );
        Assert.Equal(1, (await CheckAsync()).Code);
    }

    [Fact]
    public async Task Restored_chain_still_checks()
    {
        await _fixture.BackUpAsync();
        await _fixture.Get<AuditStore>().WriteAsync(Actor.Operator, "test.six");
        await Chain.LinkAsync(default);
        var lost = Newest();
        await _fixture.RestoreAsync();
        await Chain.LinkAsync(default);
        Assert.Equal(0, (await CheckAsync()).Code);
        Assert.Equal(1, (await CheckAsync($"--hash={lost.Hash}")).Code);
    }

    [Fact]
    public async Task Two_processes_link_each_line_once()
    {
        await using var command = _fixture.OpenCommand();
        for (var i = 0; i < 10; i++)
        {
            await Task.WhenAll(
                WriteAsync(_fixture, i),
                WriteAsync(command, i),
                Chain.LinkAsync(default),
                command.Get<AuditChainStore>().LinkAsync(default)
            );
        }
        await Chain.LinkAsync(default);
        var (code, output) = await CheckAsync();
        Assert.Equal(0, code);
        Assert.Contains("0 lines to be linked", output, StringComparison.Ordinal);
        Assert.Equal(Newest().Size, Count("SELECT count(*) FROM audit"));

        static Task WriteAsync(CampaignFixture process, int i) =>
            process.Get<AuditStore>().WriteAsync(Actor.Operator, "test", detail: $"{i}");
    }

    private long Count(string sql) => _fixture.Query(connection => connection.QuerySingle<long>(sql));

    private AuditHead Newest() =>
        _fixture.Query(connection => connection.QuerySingle<AuditHead>("SELECT size, hash FROM audit_heads"));

    private async Task<(int Code, string Output)> CheckAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        var code = await CommandLine.RunAsync(
            [
                "audit",
                "check",
                .. arguments,
                "--Mail:Transport=folder",
                $"--Data:Directory={_fixture.Data}",
                $"--Keys:Directory={Path.Combine(_fixture.Folder, "keys")}",
                .. DatabaseUnderTest.Arguments(_fixture.Data),
            ],
            output,
            output
        );
        return (code, output.ToString());
    }
}
