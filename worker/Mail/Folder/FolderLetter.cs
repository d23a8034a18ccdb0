using MimeKit;

namespace Campaigns.Worker.Mail.Folder;

/// <summary>A letter read back from the mail folder.</summary>
/// <param name="Name">The name of its file without the extension.</param>
/// <param name="WrittenAt">When its file was written.</param>
/// <param name="To">The addresses, with a comma between two.</param>
/// <param name="Subject">Empty when it has none.</param>
/// <param name="Html">Its HTML part; empty when it has none.</param>
public sealed record FolderLetter(string Name, DateTimeOffset WrittenAt, string To, string Subject, string Html)
{
    /// <exception cref="FormatException">The file is not a letter.</exception>
    public static FolderLetter Read(FileInfo file)
    {
        using var message = MimeMessage.Load(file.FullName);
        return new(
            Path.GetFileNameWithoutExtension(file.Name),
            file.LastWriteTimeUtc,
            string.Join(", ", message.To.Mailboxes.Select(mailbox => mailbox.Address)),
            message.Subject ?? "",
            message.HtmlBody ?? ""
        );
    }
}
