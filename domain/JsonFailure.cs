using System.Text.Json;

namespace Campaigns;

/// <summary>Tells a document that is not in its format from a failure of the program.</summary>
public static class JsonFailure
{
    /// <summary>
    /// True for what reading a document throws when it is no JSON, lacks a member, or has a value
    /// of another type or outside its range.
    /// </summary>
    public static bool IsMalformed(Exception error) =>
        error
            is JsonException
                or KeyNotFoundException
                or InvalidOperationException
                or FormatException
                or ArgumentException;
}
