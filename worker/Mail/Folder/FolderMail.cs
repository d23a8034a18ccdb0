using System.Runtime.CompilerServices;
using Campaigns.Db;
using Campaigns.Db.Files;
using Campaigns.Letters;
using Campaigns.Worker.Mail.Compose;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Mail.Folder;

/// <summary>
/// The transport <c>folder</c>: one <c>.eml</c> file a letter under <c>{Data:Directory}/mail</c>,
/// for development and for operators who deliver letters by other means. The file name is the
/// letter's time-ordered id, which is not personal data. A letter sent twice overwrites its file.
/// </summary>
internal sealed class FolderMail(IOptions<DataOptions> data, InstallationRoot root) : IMailServer
{
    public const string Extension = ".eml";
    private const string Unfinished = ".part";

    /// <summary>The folder of the letters; may not exist yet.</summary>
    public string Folder { get; } = MailFolder.In(root, data.Value);

    public async IAsyncEnumerable<DeliveryOutcome> SendAsync(
        IReadOnlyList<MimeLetter> letters,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var letter in letters)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                yield return new DeliveryOutcome(letter.Id, DeliveryResult.NotTried, "stopping");
                continue;
            }
            yield return await WriteAsync(letter);
        }
    }

    /// <summary>
    /// Deletes letters and unfinished files that were written before that instant; returns how
    /// many.
    /// </summary>
    public int Sweep(DateTimeOffset before)
    {
        if (!Directory.Exists(Folder))
            return 0;
        var swept = 0;
        foreach (var file in new DirectoryInfo(Folder).EnumerateFiles())
        {
            if (file.Extension is not (Extension or Unfinished) || file.LastWriteTimeUtc >= before.UtcDateTime)
                continue;
            file.Delete();
            swept++;
        }
        return swept;
    }

    private async Task<DeliveryOutcome> WriteAsync(MimeLetter letter)
    {
        // Ids have 18 or 19 digits; padded, names sort by time.
        var path = Path.Combine(Folder, Ids.Text(letter.Id).PadLeft(19, '0') + Extension);
        try
        {
            PrivateFiles.CreateFolder(Folder);
            await using (var file = PrivateFiles.Open(path + Unfinished, FileMode.Create, FileAccess.Write))
            {
                await file.WriteAsync(letter.Content, CancellationToken.None);
            }
            File.Move(path + Unfinished, path, overwrite: true);
            return new DeliveryOutcome(letter.Id, DeliveryResult.Sent, null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A full disk or a read-only folder is a fault of this machine, not of the letter.
            return new DeliveryOutcome(letter.Id, DeliveryResult.NotTried, "folder-not-writable");
        }
    }
}
