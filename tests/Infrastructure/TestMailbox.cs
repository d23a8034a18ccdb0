using System.Text;
using System.Text.RegularExpressions;

namespace Campaigns.Tests.Infrastructure;

/// <summary>A letter of the folder transport: its raw text and its decoded text part.</summary>
public sealed record Letter(string File, string Raw)
{
    public string To => Regex.Match(Raw, @"^To: (.*)$", RegexOptions.Multiline).Groups[1].Value.Trim().Trim('<', '>');

    public string Subject =>
        Regex.Match(Raw, @"^Subject: ((?:.*)(?:\r?\n[ \t].*)*)$", RegexOptions.Multiline).Groups[1].Value.Trim();

    /// <summary>
    /// The whole letter with quoted-printable decoded, which is enough to find links and words.
    /// </summary>
    public string Text
    {
        get
        {
            var bytes = Encoding.UTF8.GetBytes(Regex.Replace(Raw, "=\r?\n", ""));
            var length = 0;
            for (var i = 0; i < bytes.Length; i++, length++)
            {
                bytes[length] = bytes[i];
                if (
                    bytes[i] != '='
                    || i + 2 >= bytes.Length
                    || !Uri.IsHexDigit((char)bytes[i + 1])
                    || !Uri.IsHexDigit((char)bytes[i + 2])
                )
                    continue;
                bytes[length] = (byte)((Uri.FromHex((char)bytes[i + 1]) << 4) | Uri.FromHex((char)bytes[i + 2]));
                i += 2;
            }
            return Encoding.UTF8.GetString(bytes, 0, length);
        }
    }

    /// <summary>The token of the first link with that path, such as <c>/confirm/</c>.</summary>
    public string Token(string path)
    {
        var match = Regex.Match(Text, Regex.Escape(path) + "([A-Za-z0-9_-]{40,})");
        return match.Success
            ? match.Groups[1].Value
            : throw new Xunit.Sdk.XunitException($"The letter has no link {path}");
    }
}

/// <summary>The folder that letters are written to.</summary>
public sealed class TestMailbox(string folder)
{
    /// <summary>All letters, oldest first.</summary>
    public IReadOnlyList<Letter> All() =>
        Directory.Exists(folder)
            ?
            [
                .. Directory
                    .GetFiles(folder, "*.eml")
                    .Order(StringComparer.Ordinal)
                    .Select(file => new Letter(file, File.ReadAllText(file))),
            ]
            : [];

    /// <summary>Letters whose files are not in the set yet; adds them.</summary>
    public IReadOnlyList<Letter> Unread(HashSet<string> read) =>
        Directory.Exists(folder)
            ?
            [
                .. Directory
                    .EnumerateFiles(folder, "*.eml")
                    .Where(read.Add)
                    .Order(StringComparer.Ordinal)
                    .Select(file => new Letter(file, File.ReadAllText(file))),
            ]
            : [];

    public IReadOnlyList<Letter> To(string address) => [.. All().Where(letter => letter.To == address)];

    /// <summary>
    /// Waits until every address has a letter with a link of that path, and returns the newest
    /// token of each.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, string>> TokensAsync(
        string path,
        IReadOnlyCollection<string> addresses
    )
    {
        var read = new HashSet<string>(StringComparer.Ordinal);
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        var wanted = addresses.ToHashSet(StringComparer.Ordinal);
        await CampaignServer.UntilAsync(
            () =>
            {
                foreach (
                    var letter in Unread(read)
                        .Where(letter =>
                            wanted.Contains(letter.To) && letter.Text.Contains(path, StringComparison.Ordinal)
                        )
                )
                    tokens[letter.To] = letter.Token(path);
                return Task.FromResult(tokens.Count == wanted.Count);
            },
            $"some addresses got no letter with {path}"
        );
        return tokens;
    }

    /// <summary>
    /// Waits for a link to an address that differs from <paramref name="known"/>. Older letters may
    /// have been deleted.
    /// </summary>
    public async Task<string> NextTokenAsync(string address, string path, string known)
    {
        string? token = null;
        await CampaignServer.UntilAsync(
            () =>
            {
                token = To(address)
                    .LastOrDefault(letter => letter.Text.Contains(path, StringComparison.Ordinal))
                    ?.Token(path);
                return Task.FromResult(token is not null && token != known);
            },
            $"no newer letter with {path}"
        );
        return token!;
    }

    /// <summary>Waits for the newest letter to an address whose text has the given words.</summary>
    public async Task<Letter> WaitForAsync(string address, string words, int atLeast = 1)
    {
        List<Letter> found = [];
        await CampaignServer.UntilAsync(
            () =>
            {
                found = [.. To(address).Where(letter => letter.Text.Contains(words, StringComparison.Ordinal))];
                return Task.FromResult(found.Count >= atLeast);
            },
            $"no letter with {words}"
        );
        return found[^1];
    }
}
