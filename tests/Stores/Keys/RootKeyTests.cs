using System.Net;
using Campaigns.Crypto;
using Campaigns.Db.Engine;
using Campaigns.Db.Handovers;
using Campaigns.Db.Keys;
using Campaigns.Db.Operations.KeyRotation;
using Campaigns.Db.Schema;
using Campaigns.Db.Signatures;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Handovers;
using Campaigns.Packets;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Stores.Engine;
using Dapper;

namespace Campaigns.Tests.Stores.Keys;

public sealed class RootKeyTests : IAsyncLifetime
{
    private PacketFixture _fixture = null!;

    private static ReadOnlySpan<byte> Evidence => "%PDF-1.7"u8;

    public async Task InitializeAsync() => _fixture = await new PacketFixture().StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Values_decrypt_after_reencryption_and_the_old_root_key_can_be_retired()
    {
        var id = await _fixture.ConfirmPersonAsync("Kari Nordmann", locality: "Bergen");
        for (var i = 0; i < 5; i++)
            await _fixture.ConfirmPersonAsync($"Person {i}", locality: "Bath");
        await SignFromAsync("network@example.org");
        await _fixture.AddAccountAsync("anne@example.org");
        await _fixture.SubscribeAsync("news@example.org");
        var packet = await _fixture.BuildAsync();
        var handover = await _fixture.PlanAsync(packet, "embassy");
        await _fixture.AttemptAsync(handover, AttemptOutcome.Received);
        var evidence = await AddEvidenceAsync(handover);
        var before = _fixture.Files(packet);
        var receipt = Mine().FindReceipt(Link(id)).Value!.ToJson();

        Assert.Equal(2, await RotateAsync("root"));
        Assert.Contains("re-encrypts", await _fixture.TryRetireKeyAsync("root", 1), StringComparison.Ordinal);
        AssertReadable(id, packet, before, receipt);
        var second = await _fixture.ConfirmPersonAsync("Signed After");
        Assert.Equal([1, 2], Versions("signatures", "person"));

        await ReencryptAsync();
        foreach (var (table, column) in Sealed())
            Assert.True(
                Versions(table, column) is [2],
                $"{table}.{column} carries {string.Join(',', Versions(table, column))}."
            );
        AssertReadable(id, packet, before, receipt);
        Assert.Equal("Ola", _fixture.FindHandover(handover).Plan.Notes.Delegation![1]);
        using (var content = _fixture.Get<EvidenceStore>().Open(evidence)!)
            Assert.Equal(Evidence.Length, content.Length);
        Assert.Equal(["news@example.org"], _fixture.Subscribers());
        var anne = _fixture.Get<AccountStore>().FindByAddress("anne@example.org")!;
        Assert.True(anne.HasAuthenticator);
        Assert.Equal("new.anne@example.org", anne.PendingAddress);

        Assert.Null(await _fixture.TryRetireKeyAsync("root", 1));
        File.Delete(Path.Combine(_fixture.Folder, "keys", "root-1.key"));
        await _fixture.RestartAsync();
        AssertReadable(id, packet, before, receipt);
        Assert.Equal("Signed After", Mine().Find(Link(second)).Value!.Name);
        await _fixture.Packets.RebuildAsync(_fixture.Packets.Find(packet)!, PacketFixture.Slug, Actor.Operator);
        await _fixture.RunAsync();
        var rebuilt = _fixture.Files(packet);
        foreach (var name in before.Keys.Where(name => !IsSignature(name)))
            Assert.Equal(before[name], rebuilt[name]);
    }

    [Fact]
    public async Task Value_encrypted_by_another_process_under_a_newer_key_decrypts()
    {
        var id = await _fixture.ConfirmPersonAsync("Kari Nordmann");
        await RotateAsync("root");
        await using var second = _fixture.OpenCommand();
        var value = second.Database.Keys.Encryptor.Encrypt("signatures", "person", id, "{}"u8);
        Assert.Equal(2, value[0]);
        Assert.Equal(1, _fixture.Get<KeyRing>().RootVersion);
        Assert.Equal("{}"u8, _fixture.Get<KeyRing>().Encryptor.Decrypt("signatures", "person", id, value));
        Assert.Equal(2, _fixture.Get<KeyRing>().RootVersion);
    }

    [Fact]
    public async Task Interrupted_reencryption_is_finished_by_the_next_run()
    {
        await _fixture.FillAsync(ReencryptionStore.Size * 2 + 50);
        await RotateAsync("root");
        _fixture.Get<KeyRing>().Refresh();
        var page = await _fixture.Get<ReencryptionStore>().SignaturesAsync(_fixture.Campaign.Id, 0, default);
        Assert.Equal((ReencryptionStore.Size, 0), (page.Renewed, page.Damaged));
        Assert.Equal([1, 2], Versions("signatures", "person"));

        await _fixture.RestartAsync();
        await ReencryptAsync();
        Assert.Equal([2], Versions("signatures", "person"));
        Assert.False(_fixture.Get<ReencryptionStore>().IsDue());
    }

    [Fact]
    public async Task Two_concurrent_reencryptions_under_load_leave_every_value_decryptable()
    {
        await _fixture.FillAsync(ReencryptionStore.Size * 3);
        await RotateAsync("root");
        var signing = Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
                await SignFromAsync($"during{i}@example.org");
        });
        await Task.WhenAll(ReencryptAsync(), ReencryptAsync(), signing);

        Assert.Equal([2], Versions("signatures", "person"));
        using var connection = _fixture.Database.Read();
        foreach (var (id, person) in connection.Query<(long, byte[])>("SELECT id, person FROM signatures"))
            Assert.NotNull(_fixture.Get<SignatureEncryption>().DecryptPerson(id, person).Name);
    }

    [Fact]
    public async Task Concurrent_change_during_reencryption_is_preserved()
    {
        var id = await _fixture.ConfirmPersonAsync("Kari Nordmann");
        await RotateAsync("root");
        _fixture.Get<KeyRing>().Refresh();
        await using var second = _fixture.OpenCommand();
        var changed = second.Database.Keys.Encryptor.Encrypt("signatures", "person", id, "{}"u8);
        using var change = await PausedWriter.OnAsync(second.Database.Writes, write =>
            write.Connection.Execute("UPDATE signatures SET person = @changed WHERE id = @id", new { changed, id })
        );
        // The run has read the old value and now waits for the write lock.
        var run = _fixture.Get<ReencryptionStore>().SignaturesAsync(_fixture.Campaign.Id, 0, default);
        await Task.WhenAll(change.ReleaseAsync(), run);
        using var connection = _fixture.Database.Read();
        Assert.Equal(changed, connection.QuerySingle<byte[]>("SELECT person FROM signatures"));
        Assert.Equal([2], Versions("signatures", "contact"));
    }

    [Fact]
    public async Task Damaged_row_blocks_key_retirement_but_no_other_row()
    {
        var damaged = await _fixture.ConfirmPersonAsync("Kari Nordmann");
        await _fixture.ConfirmPersonAsync("Ola Nordmann");
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                "UPDATE signatures SET person = substr(person, 1, 40) WHERE id = @damaged",
                new { damaged }
            )
        );
        await RotateAsync("root");
        await ReencryptAsync();
        using var connection = _fixture.Database.Read();
        Assert.Equal(
            [damaged],
            connection.Query<long>(
                "SELECT id FROM signatures WHERE substr(person, 1, 1) = @version",
                new { version = new byte[] { 1 } }
            )
        );
        Assert.Contains(_fixture.Log.Lines, line => line.Event.Id == 5002);
        Assert.NotNull(await _fixture.TryRetireKeyAsync("root", 1));
    }

    [Fact]
    [Trait("Database", "postgres")]
    public async Task Shared_database_refuses_writes_until_a_new_key_is_usable()
    {
        await RotateAsync("root");
        var file = Path.Combine(_fixture.Folder, "keys", "root-2.key");
        var key = File.ReadAllBytes(file);
        File.WriteAllBytes(file, new byte[32]);
        await Assert.ThrowsAsync<StorageException>(() => _fixture.ConfirmPersonAsync("Kari Nordmann"));

        KeyFile.Write(file, key);
        await _fixture.ConfirmPersonAsync("Kari Nordmann");
        Assert.Equal([2], Versions("signatures", "person"));
    }

    // No other process computes indexes under the new key.
    [Fact]
    [Trait("Database", "sqlite")]
    public async Task Unusable_new_key_is_logged_and_blocks_no_signing()
    {
        await RotateAsync("root");
        var file = Path.Combine(_fixture.Folder, "keys", "root-2.key");
        var key = File.ReadAllBytes(file);
        File.WriteAllBytes(file, new byte[32]);
        var id = await _fixture.ConfirmPersonAsync("Kari Nordmann");
        await ReencryptAsync();
        Assert.Equal([1], Versions("signatures", "person"));
        Assert.Contains(_fixture.Log.Lines, line =>
            line.Event.Id == 5001 && line.Text.Contains("root-2.key", StringComparison.Ordinal)
        );

        KeyFile.Write(file, key);
        await ReencryptAsync();
        Assert.Equal([2], Versions("signatures", "person"));
        Assert.Equal("Kari Nordmann", Mine().Find(Link(id)).Value!.Name);
    }

    [Fact]
    public async Task Key_files_are_private_and_their_creation_is_audited()
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

    // A signature is another each time, and the container lists the one of the manifest.
    private static bool IsSignature(string name) =>
        name == Campaigns.Packets.Manifest.SignatureFileName || name.StartsWith("META-INF/", StringComparison.Ordinal);

    private async Task<RecordedEvidence> AddEvidenceAsync(long handover)
    {
        var store = _fixture.Get<EvidenceStore>();
        var added = await store.AddAsync(
            _fixture.Campaign,
            handover,
            new EvidenceSubject(EvidenceSubject.Attempt, 1),
            [store.Write(Evidence, EvidenceRules.Pdf)],
            Actor.Operator
        );
        return Assert.Single(added.Value!);
    }

    private void AssertReadable(long id, long packet, IReadOnlyDictionary<string, byte[]> files, byte[] receipt)
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

    private string Link(long id) => _fixture.Link(LinkPurpose.Manage, id);

    private Task<int> RotateAsync(string kind) => _fixture.RotateKeyAsync(kind);

    private Task ReencryptAsync() => _fixture.ReencryptAsync();

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
    /// The key versions of the values in a column. An empty list would mean that nothing was
    /// tested.
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
