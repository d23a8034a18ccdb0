using System.Text.Json;

namespace Campaigns.Db.Engine;

/// <summary>
/// Stores a short list in one text column as a JSON array.
/// </summary>
internal static class Lists
{
    public static string? Write(IReadOnlyList<string>? values) =>
        values is null ? null : JsonSerializer.Serialize(values);
}
