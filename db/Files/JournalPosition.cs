namespace Campaigns.Db.Files;

/// <summary>
/// A place in a journal file: the first <c>Sequence</c> lines, and the hash chain over them in hex.
/// <c>Installation</c> is the machine that wrote them.
/// </summary>
internal sealed record JournalPosition(string Installation, string File, long Sequence, string Hash)
{
    /// <summary>The beginning of a file.</summary>
    public static JournalPosition Empty(string installation, string file) =>
        new(installation, file, 0, new JournalChain().Hash);
}
