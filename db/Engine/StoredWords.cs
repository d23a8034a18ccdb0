using System.Text.Json;

namespace Campaigns.Db.Engine;

/// <summary>
/// Stores words in several languages in one text column, as a JSON object by locale. No words are
/// null.
/// </summary>
internal static class StoredWords
{
    public static string? Write(LocaleWords words) => words.IsEmpty ? null : JsonSerializer.Serialize(words.ByLocale);

    public static LocaleWords Read(string? stored) =>
        stored is null
            ? LocaleWords.None
            : new LocaleWords(JsonSerializer.Deserialize<Dictionary<string, string>>(stored)!);
}
