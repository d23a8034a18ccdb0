using System.Buffers.Text;
using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using Campaigns.Db.Files;

namespace Campaigns.Db.Operations.ScheduledBackups;

/// <summary>
/// A backup in one file: three lines (the format, the fingerprint of the public key, the wrapped
/// key of the file in base64), then the tar of a backup folder as an <see cref="EncryptedFile"/>
/// (docs/operating.md).
/// </summary>
public static class BackupArchive
{
    private const string Format = "campaign-backup-1";

    // The wrapped key of RSA with 16384 bits is shorter.
    private const int LongestHead = 4096;

    private static readonly string[] _content = [BackupStore.ManifestName, Database.FileName];

    /// <summary>
    /// Encrypts a backup folder into a new file and reads it back. Throws
    /// <see cref="BackupRefusedException"/> when it reads back differently; the caller deletes the
    /// file then.
    /// </summary>
    public static void Write(string folder, string path, BackupKey key)
    {
        var fileKey = EncryptedFile.NewKey();
        try
        {
            var head = Encoding.ASCII.GetBytes(
                $"{Format}\n{key.Fingerprint}\n{Convert.ToBase64String(key.Wrap(fileKey))}\n"
            );
            var written = WriteContent(folder, path, head, fileKey);
            using var stored = EncryptedFile.Open(path, fileKey, head.Length);
            if (!SHA256.HashData(stored).AsSpan().SequenceEqual(written) || !ReadHead(path).Bytes.SequenceEqual(head))
                throw new BackupNotVerifiedException();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fileKey);
        }
    }

    /// <summary>
    /// Decrypts a file into a new folder, which appears complete or not at all. Throws
    /// <see cref="BackupRefusedException"/> for a file that was changed or cut off, and for another
    /// key.
    /// </summary>
    public static void Open(string path, BackupKey key, string to)
    {
        if (Directory.Exists(to) || File.Exists(to))
            throw new BackupRefusedException("The folder exists already.");
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(to));
        var unfinished = $"{folder}.unfinished-{Environment.ProcessId}";
        PrivateFiles.CreateFolder(unfinished);
        try
        {
            var head = ReadHead(path);
            if (head.Fingerprint != key.Fingerprint)
                throw new BackupRefusedException("This backup is encrypted to another key.");
            var fileKey = key.Unwrap(head.WrappedKey);
            using var content = EncryptedFile.Open(path, fileKey, head.Bytes.Length);
            ReadContent(content, unfinished);
            Directory.Move(unfinished, to);
        }
        catch (Exception error) when (error is CryptographicException or FormatException or InvalidDataException)
        {
            throw new BackupRefusedException("This backup was changed or cut off.");
        }
        finally
        {
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
        }
    }

    private static byte[] WriteContent(string folder, string path, byte[] head, byte[] fileKey)
    {
        var file = PrivateFiles.Open(path, FileMode.CreateNew, FileAccess.Write);
        using var encrypting = new EncryptingStream(file, fileKey);
        file.Write(head);
        using var hash = SHA256.Create();
        using (var hashing = new CryptoStream(encrypting, hash, CryptoStreamMode.Write, leaveOpen: true))
        using (var tar = new TarWriter(hashing, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var name in _content)
            {
                using var content = File.OpenRead(Path.Combine(folder, name));
                tar.WriteEntry(
                    new PaxTarEntry(TarEntryType.RegularFile, name)
                    {
                        DataStream = content,
                        Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                    }
                );
            }
        }
        encrypting.Complete();
        return hash.Hash!;
    }

    private static void ReadContent(Stream content, string folder)
    {
        var missing = _content.ToHashSet(StringComparer.Ordinal);
        using var tar = new TarReader(content);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.EntryType != TarEntryType.RegularFile || !missing.Remove(entry.Name))
                throw new BackupRefusedException("This backup has a file that no backup has.");
            using var file = PrivateFiles.Open(Path.Combine(folder, entry.Name), FileMode.CreateNew, FileAccess.Write);
            entry.DataStream?.CopyTo(file);
            file.Flush(flushToDisk: true);
        }
        if (missing.Count > 0)
            throw new BackupRefusedException("This backup lacks a file.");
    }

    private static Head ReadHead(string path)
    {
        var bytes = new byte[LongestHead];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var lines = Encoding.ASCII.GetString(bytes, 0, read).Split('\n', 4);
        if (lines.Length < 4 || lines[0] != Format || !Base64.IsValid(lines[2]))
            throw new BackupRefusedException("This is not an encrypted backup.");
        var length = lines[0].Length + lines[1].Length + lines[2].Length + 3;
        return new Head(bytes[..length], lines[1], Convert.FromBase64String(lines[2]));
    }

    private sealed record Head(byte[] Bytes, string Fingerprint, byte[] WrappedKey);
}
