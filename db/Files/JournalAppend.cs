namespace Campaigns.Db.Files;

/// <summary>
/// Lines that are on the disk. Until this is disposed of no other process appends to that file, so
/// that the database gets the positions of a file in the order of its lines.
/// </summary>
internal sealed class JournalAppend(JournalFile file, string installation) : IDisposable
{
    /// <summary>The last of these lines.</summary>
    public JournalPosition Position { get; } = new(installation, file.Name, file.Sequence, file.Hash);

    public void Dispose() => file.Release();
}
