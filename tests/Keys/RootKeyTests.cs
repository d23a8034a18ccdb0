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
    private PacketWorld _world = null!;

    public async Task InitializeAsync() => _world = await new PacketWorld().StartAsync();

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Everything_sealed_before_opens_after_and_the_old_key_can_go()
    {
        var id = await _world.SignAsync("Kari Nordmann", locality: "Bergen");
        for (var i = 0; i < 5; i++) await _world.SignAsync($"Person {i}", locality: "Bath");
        await SignFromAsync("network@example.org");
        var packet = await _world.BuildAsync();
        var before = _world.Files(packet);
        var receipt = Mine().FindReceipt(Link(id)).Value!.ToJson();

        Assert.Equal(2, await RotateAsync("root"));
        Assert.Contains("re-seals", await Beside.TryRetireAsync(_world.Folder, _world.Clock, "root", 1), StringComparison.Ordinal);
        Holds(id, packet, before, receipt);
        var second = await _world.SignAsync("Signed After");
        Assert.Equal([1, 2], Versions("signatures", "person"));

        await ReSealAsync();
        foreach (var (table, column) in Sealed()) Assert.True(Versions(table, column) is [2], $"{table}.{column} carries {string.Join(',', Versions(table, column))}.");
        Holds(id, packet, before, receipt);

        Assert.Null(await Beside.TryRetireAsync(_world.Folder, _world.Clock, "root", 1));
        File.Delete(Path.Combine(_world.Folder, "keys", "root-1.key"));
        await _world.RestartAsync();
        Holds(id, packet, before, receipt);
        Assert.Equal("Signed After", Mine().Find(Link(second)).Value!.Name);
        await _world.Packets.RebuildAsync(_world.Packets.Find(packet)!, PacketWorld.Slug, Actor.Operator);
        await _world.RunAsync();
        var rebuilt = _world.Files(packet);
        foreach (var name in before.Keys.Where(name => name != Campaigns.Packets.Manifest.SignatureFileName)) Assert.Equal(before[name], rebuilt[name]);
    }

    [Fact]
    public async Task A_value_sealed_by_another_process_under_a_key_this_one_has_not_seen_opens()
    {
        var id = await _world.SignAsync("Kari Nordmann");
        await RotateAsync("root");
        await using var beside = new Beside(_world.Folder, _world.Clock);
        var value = beside.Database.Keys.Encryptor.Encrypt("signatures", "person", id, "{}"u8);
        Assert.Equal(2, value[0]);
        Assert.Equal(1, _world.Get<KeyRing>().RootVersion);
        Assert.Equal("{}"u8, _world.Get<KeyRing>().Encryptor.Decrypt("signatures", "person", id, value));
        Assert.Equal(2, _world.Get<KeyRing>().RootVersion);
    }

    [Fact]
    public async Task A_walk_that_was_cut_short_is_finished_by_the_next()
    {
        await _world.FillAsync(ReencryptionStore.Size * 2 + 50);
        await RotateAsync("root");
        _world.Get<KeyRing>().Refresh();
        var page = await _world.Get<ReencryptionStore>().SignaturesAsync(_world.Campaign.Id, 0, default);
        Assert.Equal((ReencryptionStore.Size, 0), (page.Renewed, page.Damaged));
        Assert.Equal([1, 2], Versions("signatures", "person"));

        await _world.RestartAsync();
        await ReSealAsync();
        Assert.Equal([2], Versions("signatures", "person"));
        Assert.False(_world.Get<ReencryptionStore>().IsDue());
    }

    [Fact]
    public async Task Two_walks_at_once_while_people_sign_leave_every_value_open()
    {
        await _world.FillAsync(ReencryptionStore.Size * 3);
        await RotateAsync("root");
        var signing = Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++) await SignFromAsync($"during{i}@example.org");
        });
        await Task.WhenAll(ReSealAsync(), ReSealAsync(), signing);

        Assert.Equal([2], Versions("signatures", "person"));
        using var connection = _world.Database.Read();
        foreach (var (id, person) in connection.Query<(long, byte[])>("SELECT id, person FROM signatures"))
            Assert.NotNull(_world.Get<SignatureEncryption>().DecryptPerson(id, person).Name);
    }

    [Fact]
    public async Task What_somebody_changed_under_the_walk_stays_as_they_changed_it()
    {
        var id = await _world.SignAsync("Kari Nordmann");
        await RotateAsync("root");
        _world.Get<KeyRing>().Refresh();
        await using var beside = new Beside(_world.Folder, _world.Clock);
        var changed = beside.Database.Keys.Encryptor.Encrypt("signatures", "person", id, "{}"u8);
        using var change = await Hold.OnAsync(
            beside.Database.Writes, write => write.Connection.Execute("UPDATE signatures SET person = @changed WHERE id = @id", new { changed, id }));
        // It has read the old value and now waits for the write lock.
        var walk = _world.Get<ReencryptionStore>().SignaturesAsync(_world.Campaign.Id, 0, default);
        await Task.WhenAll(change.ReleaseAsync(), walk);
        using var connection = _world.Database.Read();
        Assert.Equal(changed, connection.QuerySingle<byte[]>("SELECT person FROM signatures"));
        Assert.Equal([2], Versions("signatures", "contact"));
    }

    [Fact]
    public async Task A_damaged_row_keeps_no_other_under_the_old_key_and_the_key_from_going()
    {
        var damaged = await _world.SignAsync("Kari Nordmann");
        await _world.SignAsync("Ola Nordmann");
        await _world.Database.Writes.RunAsync(write => write.Connection.Execute("UPDATE signatures SET person = substr(person, 1, 40) WHERE id = @damaged", new { damaged }));
        await RotateAsync("root");
        await ReSealAsync();
        using var connection = _world.Database.Read();
        Assert.Equal([damaged], connection.Query<long>("SELECT id FROM signatures WHERE substr(person, 1, 1) = @version", new { version = new byte[] { 1 } }));
        Assert.Contains(_world.Log.Lines, line => line.Event.Id == 5002);
        Assert.NotNull(await Beside.TryRetireAsync(_world.Folder, _world.Clock, "root", 1));
    }

    [Fact]
    [Trait("Database", "postgres")]
    public async Task Where_others_write_too_nothing_is_written_until_a_new_key_can_be_used()
    {
        await RotateAsync("root");
        var file = Path.Combine(_world.Folder, "keys", "root-2.key");
        var key = File.ReadAllBytes(file);
        File.WriteAllBytes(file, new byte[32]);
        await Assert.ThrowsAsync<StorageException>(() => _world.SignAsync("Kari Nordmann"));

        File.WriteAllBytes(file, key);
        await _world.SignAsync("Kari Nordmann");
        Assert.Equal([2], Versions("signatures", "person"));
    }

    // Nobody else looks addresses up under the new one.
    [Fact]
    [Trait("Database", "sqlite")]
    public async Task A_new_key_that_cannot_be_used_stops_nobody_and_is_said()
    {
        await RotateAsync("root");
        var file = Path.Combine(_world.Folder, "keys", "root-2.key");
        var key = File.ReadAllBytes(file);
        File.WriteAllBytes(file, new byte[32]);
        var id = await _world.SignAsync("Kari Nordmann");
        await ReSealAsync();
        Assert.Equal([1], Versions("signatures", "person"));
        Assert.Contains(_world.Log.Lines, line => line.Event.Id == 5001 && line.Text.Contains("root-2.key", StringComparison.Ordinal));

        File.WriteAllBytes(file, key);
        await ReSealAsync();
        Assert.Equal([2], Versions("signatures", "person"));
        Assert.Equal("Kari Nordmann", Mine().Find(Link(id)).Value!.Name);
    }

    [Fact]
    public async Task Key_files_are_the_owners_alone_and_their_making_is_in_the_audit_trail()
    {
        foreach (var kind in KeyStore.Kinds) Assert.Equal(2, await RotateAsync(kind));
        foreach (var file in Directory.GetFiles(Path.Combine(_world.Folder, "keys")))
        {
            Assert.EndsWith(".key", file, StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
        using var connection = _world.Database.Read();
        Assert.Equal(KeyStore.Kinds.Select(kind => $"{kind}-2"), connection.Query<string>("SELECT subject FROM audit WHERE action = 'keys.rotate' ORDER BY id"));
    }

    private void Holds(long id, long packet, IReadOnlyDictionary<string, byte[]> files, byte[] receipt)
    {
        var mine = Mine().Find(Link(id)).Value!;
        Assert.Equal(("Kari Nordmann", "Bergen", "person0@example.org"), (mine.Name, mine.Locality, mine.Email));
        Assert.Equal(receipt, Mine().FindReceipt(Link(id)).Value!.ToJson());
        Assert.Equal(PacketStatus.Ready, _world.Packets.Find(packet)!.Status);
        var now = _world.Files(packet);
        foreach (var name in files.Keys) Assert.Equal(files[name], now[name]);
    }

    private MySignatureStore Mine() => _world.Get<MySignatureStore>();

    private string Link(long id) => _world.Token(LinkPurpose.Manage, id);

    private Task<int> RotateAsync(string kind) => Beside.RotateAsync(_world.Folder, _world.Clock, kind);

    private Task ReSealAsync() => Beside.ReSealAsync(_world.Get<KeyRing>(), _world.Get<CampaignStore>(), _world.Get<ReencryptionStore>(), _world.Log);

    private Task SignFromAsync(string email) => _world.Get<SigningStore>().SignAsync(
        _world.Campaign, new NewSignature("Ola Nordmann", EmailAddress.Parse(email).Address!, "GB", null, "en", Disclosure.Name, false, _world.Campaign.Text("en").Hash), IPAddress.Loopback);

    private static IEnumerable<(string Table, string Column)> Sealed() => Classification.Columns.Where(column => column.Value == ColumnClass.Encrypted).Select(column => column.Key);

    /// <summary>The versions of the root key that the values of a column carry; none would mean that nothing was tested.</summary>
    private List<int> Versions(string table, string column)
    {
        using var connection = _world.Database.Read();
        return [.. connection.Query<byte[]>($"SELECT DISTINCT substr({column}, 1, 1) FROM {table} WHERE {column} IS NOT NULL").Select(version => (int)version[0]).Order()];
    }
}
