using System.Text;

namespace Campaigns.Api.Doctor;

/// <summary>The last lines of a file that another process writes.</summary>
internal static class LogTail
{
    /// <summary>How many lines the check of the log looks at.</summary>
    public const int Scanned = 20_000;

    // Enough for the lines above; a line of the log has some hundred characters.
    private const int Most = 8_000_000;

    public static IReadOnlyList<string> Read(string path, int lines)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var isCut = file.Length > Most;
        if (isCut)
            file.Seek(-Most, SeekOrigin.End);
        using var reader = new StreamReader(file, Encoding.UTF8);
        List<string> read = [];
        while (reader.ReadLine() is { } line)
            read.Add(line);
        // The first line may be the end of one.
        if (isCut)
            read.RemoveAt(0);
        return read.Count > lines ? read[^lines..] : read;
    }
}
