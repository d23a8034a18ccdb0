using Campaigns.Db;
using Campaigns.Letters;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Mail;
using Campaigns.Worker.Mail.Folder;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Campaigns.Tests.Mail;

public sealed class FolderMailTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-").FullName;
    private readonly FolderMail _mail;

    public FolderMailTests() =>
        _mail = new FolderMail(Options.Create(new DataOptions { Directory = _folder }), new InstallationRoot(_folder));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Letter_is_one_private_file_whose_name_has_no_personal_data()
    {
        var letter = TestLetter.To("kari@example.org");
        Assert.Equal([new DeliveryOutcome(letter.Id, DeliveryResult.Sent, null)], await _mail.SendAsync(letter));
        await _mail.SendAsync(letter);

        var file = Assert.Single(Directory.GetFiles(_mail.Folder));
        Assert.Equal($"{letter.Id:D19}.eml", Path.GetFileName(file));
        Assert.Equal(letter.Content.ToArray(), await File.ReadAllBytesAsync(file));
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(_mail.Folder)
        );
    }

    [Fact]
    public async Task Unwritable_folder_fails_no_letter()
    {
        var letter = TestLetter.To("kari@example.org");
        await File.WriteAllTextAsync(Path.Combine(_folder, "blocked"), "");
        var blocked = new FolderMail(
            Options.Create(new DataOptions { Directory = Path.Combine(_folder, "blocked") }),
            new InstallationRoot(_folder)
        );
        Assert.Equal(DeliveryResult.NotTried, (await blocked.SendAsync(letter)).Single().Result);
    }

    [Fact]
    public async Task Letters_and_partial_files_are_deleted_after_seven_days()
    {
        var clock = new FakeTimeProvider(CampaignFixture.Start);
        await _mail.SendAsync(TestLetter.To("old@example.org"), TestLetter.To("young@example.org"));
        await File.WriteAllTextAsync(Path.Combine(_mail.Folder, "1.eml.part"), "half a letter");
        await File.WriteAllTextAsync(Path.Combine(_mail.Folder, "notes.txt"), "not ours");
        var files = Directory.GetFiles(_mail.Folder).Order(StringComparer.Ordinal).ToArray();
        foreach (var file in files)
            File.SetLastWriteTimeUtc(file, clock.UtcNow().UtcDateTime.AddDays(-7).AddSeconds(-1));
        File.SetLastWriteTimeUtc(
            files.Last(file => file.EndsWith(".eml", StringComparison.Ordinal)),
            clock.UtcNow().UtcDateTime.AddDays(-7).AddSeconds(1)
        );

        await new SweepMailFolderJob(_mail, clock).RunAsync(default);
        await new SweepMailFolderJob(_mail, clock).RunAsync(default);

        var left = Directory.GetFiles(_mail.Folder).Select(Path.GetExtension).Order(StringComparer.Ordinal);
        Assert.Equal([".eml", ".txt"], left);
    }
}
