using System.Buffers.Text;
using System.Text;

namespace Campaigns.Tests.Faults;

/// <summary>Words that exist nowhere else, and the encodings in which they could leak.</summary>
internal sealed class Canaries
{
    // Indexed by their first eight bytes, so that a large log is read once and not once per word.
    private readonly Dictionary<ulong, List<(string What, byte[] Bytes)>> _needles = [];

    /// <summary>
    /// A word that a signer typed. It needs at least eight letters, or the search finds it by
    /// chance.
    /// </summary>
    public void Word(string word)
    {
        Add(word, word);
        if (!Ascii.IsValid(word))
            Add(word + " (JSON escapes)", string.Concat(word.Select(c => c < 128 ? c.ToString() : $"\\u{(int)c:x4}")));
    }

    /// <summary>A token: its text and its encrypted bytes.</summary>
    public void Token(string what, string token)
    {
        Add(what, token);
        // The first half of a link identifies rows; the second half is the secret.
        if (Base64Url.IsValid(token))
            Add(what + " (bytes)", Base64Url.DecodeFromChars(token)[^16..]);
    }

    /// <summary>
    /// Every regular file below a folder that contains one of the words, except letters of the
    /// folder transport.
    /// </summary>
    public IReadOnlyList<string> FindIn(string folder)
    {
        var found = new List<string>();
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (
                path.EndsWith(".eml", StringComparison.Ordinal)
                && Path.GetFileName(Path.GetDirectoryName(path)) == "mail"
            )
                continue;
            found.AddRange(FindIn(path, Read(path)));
            found.AddRange(FindIn("the name of " + path, Encoding.UTF8.GetBytes(path)));
        }
        return found;
    }

    public IReadOnlyList<string> FindIn(string where, byte[] content)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        for (var at = 0; at + sizeof(ulong) <= content.Length; at++)
        {
            if (!_needles.TryGetValue(BitConverter.ToUInt64(content, at), out var candidates))
                continue;
            foreach (var (what, bytes) in candidates)
                if (content.AsSpan(at).StartsWith(bytes))
                    found.Add($"{what} in {where}");
        }
        return [.. found];
    }

    private void Add(string what, byte[] bytes)
    {
        var start = BitConverter.ToUInt64(bytes, 0);
        if (!_needles.TryGetValue(start, out var needles))
            _needles[start] = needles = [];
        needles.Add((what, bytes));
    }

    private void Add(string what, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        Add(what, utf8);
        Add(what + " (UTF-16)", Encoding.Unicode.GetBytes(text));
        Add(what + " (UTF-16, big-endian)", Encoding.BigEndianUnicode.GetBytes(text));
        Add(what + " (hex)", Encoding.ASCII.GetBytes(Convert.ToHexString(utf8)));
        Add(what + " (hex)", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(utf8)));
        if (Uri.EscapeDataString(text) is var escaped && escaped != text)
            Add(what + " (escaped)", Encoding.ASCII.GetBytes(escaped));
        // Base64 of a longer text that contains the word: the word can start at any of three positions in a
        // group of three bytes.
        for (var shift = 0; shift < 3; shift++)
        {
            var encoded = Convert.ToBase64String([.. new byte[shift], .. utf8]);
            var first = shift == 0 ? 0 : shift + 1;
            var whole = encoded[first..((shift + utf8.Length) / 3 * 4)];
            Add(what + " (base64)", Encoding.ASCII.GetBytes(whole));
            Add(what + " (base64url)", Encoding.ASCII.GetBytes(whole.Replace('+', '-').Replace('/', '_')));
        }
    }

    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new MemoryStream();
        file.CopyTo(content);
        return content.ToArray();
    }
}
