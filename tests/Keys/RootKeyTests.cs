using System.Net;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Keys;
using Campaigns.Db.Packets;
using Campaigns.Db.Schema;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Db.Writes;
using Campaigns.Signatures;
using Campaigns.Tests.Packets;
using Campaigns.Tests.Writes;
using Dapper;

namespace Campaigns.Tests.Keys;

public sealed class RootKeyTests : IAsyncLifetime
{
    private PacketFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new PacketFixture().StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Everything_sealed_before_opens_after_and_the_old_key_can_go()
    {
        var id = await _fixture.SignAsync("Kari Nordmann", locality: "Bergen");
        for (var i = 0; i < 5; i++)
            await _fixture.SignAsync($"Person {i}", locality: "Bath");
        await SignFromAsync("network@example.org");
        var packet = await _fixture.BuildAsync();
        var before = _fixture.Files(packet);
        var receipt = Mine().FindReceipt(Link(id)).Value!.ToJson();

        Assert.Equal(2, await RotateAsync("root"));
        Assert.Contains(
            "re-encrypts",
            await SecondProcess.TryRetireAsync(_fixture.Folder, _fixture.Clock, "root", 1),
            StringComparison.Ordinal
        );
        Holds(id, packet, before, receipt);
        var second = await _fixture.SignAsync("Signed After");
        Assert.Equal([1, 2], Versions("signatures", "person"));

        await ReSealAsync();
        foreach (var (table, column) in Sealed())
            Assert.True(
                Versions(table, column) is [2],
                $"{table}.{column} carries {string.Join(',', Versions(table, column))}."
            );
        Holds(id, packet, before, receipt);

        Assert.Null(await SecondProcess.TryRetireAsync(_fixture.Folder, _fixture.Clock, "root", 1));
        File.Delete(Path.Combine(_fixture.Folder, "keys", "root-1.key"));
        await _fixture.RestartAsync();
        Holds(id, packet, before, receipt);
        Assert.Equal("Signed After", Mine().Find(Link(second)).Value!.Name);
        await _fixture.Packets.RebuildAsync(_fixture.Packets.Find(packet)!, PacketFixture.Slug, Actor.Operator);
        await _fixture.RunAsync();
        var rebuilt = _fixture.Files(packet);
        foreach (var name in before.Keys.Where(name => name != Campaigns.Packets.Manifest.SignatureFileName))
            Assert.Equal(before[name], rebuilt[name]);
    }

    [Fact]
    public async Task A_value_sealed_by_another_process_under_a_key_this_one_has_not_seen_opens()
    {
        var id = await _fixture.SignAsync("Kari Nordmann");
        await RotateAsync("root");
        await using var beside = new SecondProcess(_fixture.Folder, _fixture.Clock);
        var value = beside.Database.Keys.Encryptor.Encrypt("signatures", "person", id, "{}"u8);
        Assert.Equal(2, value[0]);
        Assert.Equal(1, _fixture.Get<KeyRing>().RootVersion);
        Assert.Equal("{}"u8, _fixture.Get<KeyRing>().Encryptor.Decrypt("signatures", "person", id, value));
        Assert.Equal(2, _fixture.Get<KeyRing>().RootVersion);
    }

    [Fact]
    public async Task A_walk_that_was_cut_short_is_finished_by_the_next()
    {
        await _fixture.FillAsync(ReencryptionStore.Size * 2 + 50);
        await RotateAsync("root");
        _fixture.Get<KeyRing>().Refresh();
        var page = await _fixture.Get<ReencryptionStore>().SignaturesAsync(_fixture.Campaign.Id, 0, default);
        Assert.Equal((ReencryptionStore.Size, 0), (page.Renewed, page.Damaged));
        Assert.Equal([1, 2], Versions("signatures", "person"));

        await _fixture.RestartAsync();
        await ReSealAsync();
        Assert.Equal([2], Versions("signatures", "person"));
        Assert.False(_fixture.Get<ReencryptionStore>().IsDue());
    }

    [Fact]
    public async Task Two_walks_at_once_while_people_sign_leave_every_value_open()
    {
        await _fixture.FillAsync(ReencryptionStore.Size * 3);
        await RotateAsync("root");
        var signing = Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
                await SignFromAsync($"during{i}@example.org");
        });
        await Task.WhenAll(ReSealAsync(), ReSealAsync(), signing);

        Assert.Equal([2], Versions("signatures", "person"));
        using var connection = _fixture.Database.Read();
        foreach (var (id, person) in connection.Query<(long, byte[])>("SELECT id, person FROM signatures"))
            Assert.NotNull(_fixture.Get<SignatureEncryption>().DecryptPerson(id, person).Name);
    }

    [Fact]
    public async Task What_somebody_changed_under_the_walk_stays_as_they_changed_it()
    {
        var id = await _fixture.SignAsync("Kari Nordmann");
        await RotateAsync("root");
        _fixture.Get<KeyRing>().Refresh();
        await using var beside = new SecondProcess(_fixture.Folder, _fixture.Clock);
        var changed = beside.Database.Keys.Encryptor.Encrypt("signatures", "person", id, "{}"u8);
        using var change = await PausedWriter.OnAsync(beside.Database.Writes, write =>
            write.Connection.Execute("UPDATE signatures SET person = @changed WHERE id = @id", new { changed, id })
        );
        // It has read the old value and now waits for the write lock.
        var walk = _fixture.Get<ReencryptionStore>().SignaturesAsync(_fixture.Campaign.Id, 0, default);
        await Task.WhenAll(change.ReleaseAsync(), walk);
        using var connection = _fixture.Database.Read();
        Assert.Equal(changed, connection.QuerySingle<byte[]>("SELECT person FROM signatures"));
        Assert.Equal([2], Versions("signatures", "contact"));
    }

    [Fact]
    public async Task A_damaged_row_keeps_no_other_under_the_old_key_and_the_key_from_going()
    {
        var damaged = await _fixture.SignAsync("Kari Nordmann");
        await _fixture.SignAsync("Ola Nordmann");
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                "UPDATE signatures SET person = substr(person, 1, 40) WHERE id = @damaged",
                new { damaged }
            )
        );
        await RotateAsync("root");
        await ReSealAsync();
        using var connection = _fixture.Database.Read();
        Assert.Equal(
            [damaged],
            connection.Query<long>(
                "SELECT id FROM signatures WHERE substr(person, 1, 1) = @version",
                new { version = new byte[] { 1 } }
            )
        );
        Assert.Contains(_fixture.Log.Lines, line => line.Event.Id == 5002);
        Assert.NotNull(await SecondProcess.TryRetireAsync(_fixture.Folder, _fixture.Clock, "root", 1));
    }

    [Fact]
    [Trait("Database", "postgres")]
    public async Task Where_others_write_too_nothing_is_written_until_a_new_key_can_be_used()
    {
        await RotateAsync("root");
        var file = Path.Combine(_fixture.Folder, "keys", "root-2.key");
        var key = File.ReadAllBytes(file);
        File.WriteAllBytes(file, new byte[32]);
        await Assert.ThrowsAsync<StorageException>(() => _fixture.SignAsync("Kari Nordmann"));

        File.WriteAllBytes(file, key);
        await _fixture.SignAsync("Kari Nordmann");
        Assert.Equal([2], Versions("signatures", "person"));
    }

    // Nobody else looks addresses up under the new one.
    [Fact]
    [Trait("Database", "sqlite")]
    public async Task A_new_key_that_cannot_be_used_stops_nobody_and_is_said()
    {
        await RotateAsync("root");
        var file = Path.Combine(_fixture.Folder, "keys", "root-2.key");
        var key = File.ReadAllBytes(file);
        File.WriteAllBytes(file, new byte[32]);
        var id = await _fixture.SignAsync("Kari Nordmann");
        await ReSealAsync();
        Assert.Equal([1], Versions("signatures", "person"));
        Assert.Contains(_fixture.Log.Lines, line =>
            line.Event.Id == 5001 && line.Text.Contains("root-2.key", StringComparison.Ordinal)
        );

        File.WriteAllBytes(file, key);
        await ReSealAsync();
        Assert.Equal([2], Versions("signatures", "person"));
        Assert.Equal("Kari Nordmann", Mine().Find(Link(id)).Value!.Name);
    }

    [Fact]
    public async Task Key_files_are_the_owners_alone_and_their_making_is_in_the_audit_trail()
    {
        foreach (var kind in KeyStore.Kinds)
            Assert.Equal(2, await RotateAsync(kind));
        foreach (var file in Directory.GetFiles(Path.Combine(_fixture.Folder, "keys")))
        {
            Assert.EndsWith(".key", file, StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
        using var connection = _fixture.Database.Read();
        Assert.Equal(
            KeyStore.Kinds.Select(kind => $"{kind}-2"),
            connection.Query<string>("SELECT subject FROM audit WHERE action = 'keys.rotate' ORDER BY id")
        );
    }

    private void Holds(long id, long packet, IReadOnlyDictionary<string, byte[]> files, byte[] receipt)
    {
        var mine = Mine().Find(Link(id)).Value!;
        Assert.Equal(("Kari Nordmann", "Bergen", "person0@example.org"), (mine.Name, mine.Locality, mine.Email));
        Assert.Equal(receipt, Mine().FindReceipt(Link(id)).Value!.ToJson());
        Assert.Equal(PacketStatus.Ready, _fixture.Packets.Find(packet)!.Status);
        var now = _fixture.Files(packet);
        foreach (var name in files.Keys)
            Assert.Equal(files[name], now[name]);
    }

    private MySignatureStore Mine() => _fixture.Get<MySignatureStore>();

    private string Link(long id) => _fixture.Token(LinkPurpose.Manage, id);

    private Task<int> RotateAsync(string kind) => SecondProcess.RotateAsync(_fixture.Folder, _fixture.Clock, kind);

    private Task ReSealAsync() =>
        SecondProcess.ReSealAsync(
            _fixture.Get<KeyRing>(),
            _fixture.Get<CampaignStore>(),
            _fixture.Get<ReencryptionStore>(),
            _fixture.Log
        );

    private Task SignFromAsync(string email) =>
        _fixture
            .Get<SigningStore>()
            .SignAsync(
                _fixture.Campaign,
                new NewSignature(
                    "Ola Nordmann",
                    EmailAddress.Parse(email).Address!,
                    "GB",
                    null,
                    "en",
                    Disclosure.Name,
                    false,
                    _fixture.Campaign.Text("en").Hash
                ),
                IPAddress.Loopback
            );

    private static IEnumerable<(string Table, string Column)> Sealed() =>
        Classification.Columns.Where(column => column.Value == ColumnClass.Encrypted).Select(column => column.Key);

    /// <summary>
    /// The versions of the root key that the values of a column carry; none would mean that nothing
    /// was tested.
    /// </summary>
    private List<int> Versions(string table, string column)
    {
        using var connection = _fixture.Database.Read();
        return
        [
            .. connection
                .Query<byte[]>($"SELECT DISTINCT substr({column}, 1, 1) FROM {table} WHERE {column} IS NOT NULL")
                .Select(version => (int)version[0])
                .Order(),
        ];
    }
}
