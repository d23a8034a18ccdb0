using System.Text.Json;

namespace Campaigns.Worker.Mail.Reports;

/// <summary>
/// Reads fields of a provider's JSON, where any may be missing or of another type.
/// </summary>
internal static class JsonText
{
    public static JsonElement? Field(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    /// <summary>A text; null for anything else, and for one with half a character.</summary>
    public static string? Text(this JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <inheritdoc cref="Text(JsonElement)"/>
    public static string? Text(this JsonElement? element, string name) => element?.Field(name)?.Text();

    /// <inheritdoc cref="Text(JsonElement?, string)"/>
    public static string? Text(this JsonElement element, string name) => ((JsonElement?)element).Text(name);

    /// <summary>A text or a number, as text.</summary>
    public static string? Word(this JsonElement? element, string name) =>
        element?.Field(name) is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : element.Text(name);

    public static IEnumerable<JsonElement> Items(this JsonElement? element, string name) =>
        element?.Field(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];
}
