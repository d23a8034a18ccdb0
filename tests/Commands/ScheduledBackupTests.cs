using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Campaigns.Backups;
using Campaigns.Db.Files;
using Campaigns.Db.Operations;
using Campaigns.Db.Operations.ScheduledBackups;
using Campaigns.Tests.Commands.Doctor;
using Campaigns.Tests.Faults;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Backups;
using Microsoft.Extensions.Options;

namespace Campaigns.Tests.Commands;

/// <summary>Encrypted backups on a schedule, and how they are opened.</summary>
// PostgreSQL has tools of its own.
[Trait("Database", "sqlite")]
public sealed class ScheduledBackupTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;
    private readonly string _keys = Directory.CreateTempSubdirectory("campaign-backup-key-").FullName;

    private string Private => Path.Combine(_keys, "private.pem");
    private string Public => Path.Combine(_keys, "public.pem");
    private string To => Path.Combine(_keys, "opened");
    private BackupOptions Options => _fixture.Get<IOptions<BackupOptions>>().Value;
    private ScheduledBackups Backups => _fixture.Get<ScheduledBackups>();

    private string[] Files => [.. Directory.GetFiles(Options.Directory, "campaign-*").Order(StringComparer.Ordinal)];

    public async Task InitializeAsync()
    {
        WritePair(Private, Public);
        _fixture = await new CampaignFixture(minBatch: 1).StartAsync();
        await _fixture.ConfirmAsync("canary@example.org");
        await _fixture.SealAllAsync();
        Options.Directory = Path.Combine(_fixture.Folder, "backups");
        Options.PublicKey = Public;
        Options.Keep = 3;
    }

    public async Task DisposeAsync()
    {
        await _fixture.DisposeAsync();
        Directory.Delete(_keys, recursive: true);
    }

    [Fact]
    public async Task Backup_is_encrypted_private_and_leaves_nothing_else()
    {
        await MakeAsync();
        var file = Assert.Single(Files);
        Assert.Matches("campaign-000001-[0-9]{8}T[0-9]{6}Z.backup$", file);
        Assert.True(PrivateFiles.IsPrivate(file));
        Assert.True(PrivateFiles.IsPrivate(Options.Directory));
        var content = await File.ReadAllTextAsync(file, Encoding.Latin1);
        Assert.DoesNotContain("SQLite format 3", content, StringComparison.Ordinal);
        Assert.Equal([".lock", Path.GetFileName(file)], Names(Options.Directory));
        Assert.DoesNotContain(Names(_fixture.Data), name => name.Contains("backup", StringComparison.Ordinal));
        var last = Backups.FindLast()!;
        Assert.Null(last.Failure);
        Assert.Equal(new FileInfo(file).Length, last.Bytes);
    }

    [Fact]
    public async Task Opened_backup_is_tried_and_restored()
    {
        await MakeAsync();
        string[] settings = CampaignProcess.On(_fixture.Data, Path.Combine(_fixture.Folder, "keys"));
        var (code, said, errors) = await CampaignProcess.RunAsync(
            ["restore-drill", Files[0], "--key", Private, .. settings]
        );
        Assert.True(code == 0, said + errors);
        Assert.Equal(0, (await CampaignProcess.RunAsync("backup", "open", Files[0], "--key", Private, To)).Code);
        Assert.Equal(["backup.json", "campaign.db"], Names(To));
        Assert.All(Directory.GetFiles(To), file => Assert.True(PrivateFiles.IsPrivate(file)));
        await _fixture.RestartAsync(_ => { }, serving: false);
        (code, said, errors) = await CampaignProcess.RunAsync(["restore", To, .. settings]);
        Assert.True(code == 0, said + errors);
    }

    [Fact]
    public async Task Drill_of_a_scheduled_backup_needs_its_key()
    {
        await MakeAsync();
        string[] settings = CampaignProcess.On(_fixture.Data, Path.Combine(_fixture.Folder, "keys"));
        var (code, _, errors) = await CampaignProcess.RunAsync(["restore-drill", Files[0], .. settings]);
        Assert.Equal(2, code);
        Assert.Contains("--key", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_that_was_cut_off_is_refused()
    {
        await MakeAsync();
        var whole = await File.ReadAllBytesAsync(Files[0]);
        Assert.True(whole.Length > 3 * 64 * 1024, "The backup has too few chunks.");
        var head = HeadLength(whole);
        // Also at the end of a chunk, where what is left consists of whole chunks.
        foreach (var length in (int[])[whole.Length - 1, head + (2 * (64 * 1024 + 16)), head + 5, head, head - 9, 0])
        {
            await File.WriteAllBytesAsync(Files[0], whole[..length]);
            AssertRefused();
        }
    }

    [Fact]
    public async Task Backup_that_was_changed_is_refused()
    {
        await MakeAsync();
        var whole = await File.ReadAllBytesAsync(Files[0]);
        foreach (var at in (int[])[whole.Length / 2, whole.Length - 20, 60])
        {
            var changed = (byte[])whole.Clone();
            changed[at] ^= 1;
            await File.WriteAllBytesAsync(Files[0], changed);
            AssertRefused();
        }
        // Two chunks that changed places.
        var head = HeadLength(whole);
        const int Stored = (64 * 1024) + 16;
        byte[] swapped =
        [
            .. whole[..head],
            .. whole[(head + Stored)..(head + (2 * Stored))],
            .. whole[head..(head + Stored)],
            .. whole[(head + (2 * Stored))..],
        ];
        await File.WriteAllBytesAsync(Files[0], swapped);
        AssertRefused();
    }

    [Fact]
    public async Task Backup_opens_with_its_own_key_only()
    {
        await MakeAsync();
        var other = Path.Combine(_keys, "other.pem");
        WritePair(other, Path.Combine(_keys, "other-public.pem"));
        var (code, _, errors) = await CampaignProcess.RunAsync("backup", "open", Files[0], "--key", other, To);
        Assert.Equal(1, code);
        Assert.Contains("another key", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(To));
    }

    [Fact]
    public async Task Wrapped_key_is_what_openssl_unwraps()
    {
        await MakeAsync();
        var lines = (await File.ReadAllTextAsync(Files[0], Encoding.Latin1)).Split('\n', 4);
        var fingerprint = Command.Run("sh", "-c", $"openssl pkey -in {Private} -pubout -outform DER | sha256sum");
        Assert.StartsWith(lines[1], fingerprint, StringComparison.Ordinal);
        var key = Command.Run(
            "sh",
            "-c",
            $"sed -n 3p {Files[0]} | base64 -d | openssl pkeyutl -decrypt -inkey {Private} "
                + "-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256 | wc -c"
        );
        Assert.Equal("32", key.Trim());
    }

    [Fact]
    public async Task Newest_stay_and_other_files_are_left_alone()
    {
        Directory.CreateDirectory(Options.Directory);
        var other = Path.Combine(Options.Directory, "campaign-notes.txt");
        await File.WriteAllTextAsync(other, "mine");
        for (var day = 0; day < 5; day++)
        {
            await MakeAsync();
            _fixture.Clock.Advance(TimeSpan.FromDays(1));
        }
        Assert.Equal(["000003", "000004", "000005"], Numbers());
        Assert.True(File.Exists(other));
    }

    [Fact]
    public async Task Newest_by_number_stays_when_the_clock_was_set_back()
    {
        var clock = new MachineClock();
        clock.Advance(TimeSpan.FromDays(900));
        await using var ahead = new CampaignFixture(1, _fixture.Folder, clock);
        await _fixture.RestartAsync(_ => { }, serving: false);
        await ahead.StartAsync();
        var options = ahead.Get<IOptions<BackupOptions>>().Value;
        (options.Directory, options.PublicKey) = (Path.Combine(_fixture.Folder, "backups"), Public);
        Assert.Null(await ahead.Get<ScheduledBackups>().MakeAsync(default));
        await ahead.DisposeAsync();
        await _fixture.StartAsync();
        (Options.Directory, Options.PublicKey, Options.Keep) = (Path.Combine(_fixture.Folder, "backups"), Public, 1);
        Assert.True(Backups.IsDue());
        await MakeAsync();
        Assert.Equal(["000002"], Numbers());
    }

    [Fact]
    public async Task What_a_crash_left_is_no_backup_and_is_deleted()
    {
        Directory.CreateDirectory(Options.Directory);
        var half = Path.Combine(Options.Directory, "campaign-000009-20260517T090000Z.backup.unfinished");
        await File.WriteAllTextAsync(half, "half");
        var copy = Directory.CreateDirectory(Path.Combine(_fixture.Data, ".backup-work.unfinished-99")).FullName;
        await File.WriteAllTextAsync(Path.Combine(copy, "campaign.db"), "half");
        Directory.CreateDirectory(Path.Combine(_fixture.Data, "backup-work"));
        await MakeAsync();
        Assert.Equal(["000001"], Numbers());
        Assert.False(File.Exists(half));
        Assert.DoesNotContain(Names(_fixture.Data), name => name.Contains("backup", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Second_process_makes_none_in_the_same_folder()
    {
        Directory.CreateDirectory(Options.Directory);
        await File.WriteAllTextAsync(Path.Combine(Options.Directory, ".lock"), "");
        using var process = await ExternalLock.TakeAsync(Path.Combine(Options.Directory, ".lock"));
        await Backups.MakeAsync(default);
        Assert.Equal(BackupFailure.Busy, Backups.FindLast()!.Failure);
        Assert.Empty(Files);
    }

    [Fact]
    public async Task Full_disk_is_a_warning_and_the_earlier_ones_stay()
    {
        using var disk = new SmallDisk();
        Options.Directory = Path.Combine(disk.Data, "backups");
        await MakeAsync();
        disk.Fill();
        Options.Keep = 1;
        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        Assert.NotNull(await Backups.MakeAsync(default));
        Assert.Equal(["000001"], Numbers());
        Assert.Equal([".lock", Path.GetFileName(Files[0])], Names(Options.Directory));
        string[] settings = [$"--Backup:Directory={Options.Directory}", $"--Backup:PublicKey={Public}"];
        var checkup = await Checkup.RunAsync(_fixture, settings);
        checkup.AssertWarns("backup", "a disk is full", "command backup");
        disk.FreeSpace();
        Assert.False(Backups.IsDue());
        _fixture.Clock.Advance(BackupRules.RetryAfter);
        Assert.True(Backups.IsDue());
        await MakeAsync();
        Assert.Equal(["000002"], Numbers());
    }

    [Fact]
    public async Task Server_makes_one_by_its_timetable_and_shows_it()
    {
        var folder = Path.Combine(_keys, "server-backups");
        await using var server = await CampaignServer.StartAsync(
            null,
            $"--Backup:Directory={folder}",
            $"--Backup:PublicKey={Public}"
        );
        using var staff = await server.StaffAsync();
        await CampaignServer.UntilAsync(
            async () =>
                await staff.GetFromJsonAsync<JsonObject>("/api/staff/system") is { } system
                && system["backup"]!["scheduledBytes"] is not null
                && Directory.GetFiles(folder, "campaign-*.backup").Length == 1,
            "no backup is made"
        );
    }

    private async Task MakeAsync()
    {
        await _fixture.RunAsync<MakeBackupJob>();
        Assert.Null(Backups.FindLast()!.Failure);
    }

    private void AssertRefused()
    {
        using var key = BackupKey.Read(Private);
        Assert.Throws<BackupRefusedException>(() => BackupArchive.Open(Files[0], key, To));
        Assert.DoesNotContain(Names(_keys), name => name.StartsWith("opened", StringComparison.Ordinal));
    }

    private static int HeadLength(byte[] backup) =>
        Encoding.ASCII.GetString(backup, 0, 1024).Split('\n', 4)[..3].Sum(line => line.Length + 1);

    private IEnumerable<string> Numbers() =>
        Files
            .Where(file => file.EndsWith(".backup", StringComparison.Ordinal))
            .Select(file => Path.GetFileName(file).Split('-')[1]);

    private static IEnumerable<string> Names(string folder) =>
        Directory
            .EnumerateFileSystemEntries(folder)
            .Select(entry => Path.GetFileName(entry)!)
            .Order(StringComparer.Ordinal);

    internal static void WritePair(string privateKey, string publicKey, int bits = 2048)
    {
        using var pair = RSA.Create(bits);
        File.WriteAllText(privateKey, pair.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(publicKey, pair.ExportSubjectPublicKeyInfoPem());
    }
}
