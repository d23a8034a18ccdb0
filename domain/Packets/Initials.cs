using System.Globalization;

namespace Campaigns.Packets;

public static class Initials
{
    private const int Most = 4;

    /// <summary>
    /// The first grapheme (user-perceived character) of each space-separated word with a full stop,
    /// at most four: <c>K. N.</c> Whole graphemes keep accents and combined letters intact.
    /// </summary>
    public static string Of(string name) =>
        string.Join(
            ' ',
            name.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)
                .Take(Most)
                .Select(word => StringInfo.GetNextTextElement(word) + ".")
        );
}
