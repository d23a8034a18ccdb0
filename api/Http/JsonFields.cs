using System.Globalization;
using System.Text.Json;

namespace Campaigns.Api.Http;

/// <summary>
/// Reads one JSON object field by field and collects every error, wrong types included, under the
/// path of its field. Rejected: model binding and its validation, which answer the first wrong type
/// with an empty 400 and write paths as C# properties. A missing field reads as null, like
/// <c>null</c>. Unknown fields are ignored.
/// </summary>
internal sealed class JsonFields(JsonElement element, string path, FieldErrors errors)
{
    // Enough for any campaign, and far enough from the last possible date that periods can be added.
    private const int FirstYear = 1970;
    private const int LastYear = 2200;

    public FieldErrors Errors => errors;

    /// <summary>
    /// A copy of the fields that outlives the request's document, without errors.
    /// </summary>
    public JsonFields Detach() => new(element.Clone(), path, new FieldErrors());

    public string Path(string name) => path.Length == 0 ? name : $"{path}.{name}";

    public bool Has(string name) => TryFind(name, out _);

    public string? String(string name)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            return Wrong<string>(name, "This must be text.");
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // A lone escape such as \ud800 is valid JSON but not text.
            return Wrong<string>(name, "This contains half a character.");
        }
    }

    public bool? Boolean(string name) =>
        Find(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false,
            _ => Wrong<bool?>(name, "This must be true or false."),
        };

    /// <summary>A whole number within bounds; adds an error otherwise.</summary>
    public int? Integer(string name, int least, int most)
    {
        if (Find(name) is not { } value)
            return null;
        if (
            value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out var number)
            && number >= least
            && number <= most
        )
            return number;
        return Wrong<int?>(
            name,
            string.Create(CultureInfo.InvariantCulture, $"This must be a whole number from {least} to {most}.")
        );
    }

    public long? Long(string name, long least)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least)
            return number;
        return Wrong<long?>(
            name,
            string.Create(CultureInfo.InvariantCulture, $"This must be a whole number, at least {least}.")
        );
    }

    public DateTimeOffset? Moment(string name)
    {
        if (String(name) is not { } text)
            return null;
        return Instant.TryParse(text, out var instant) && instant.Year is >= FirstYear and <= LastYear
            ? instant
            : Wrong<DateTimeOffset?>(name, "This must be an instant such as 2019-05-17T09:00:00.000Z.");
    }

    public DateOnly? Date(string name)
    {
        if (String(name) is not { } text)
            return null;
        return Instant.TryParseDate(text, out var date) && date.Year is >= FirstYear and <= LastYear
            ? date
            : Wrong<DateOnly?>(name, "This must be a date such as 2019-05-17.");
    }

    public JsonFields? Object(string name)
    {
        if (Find(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Object
            ? new JsonFields(value, Path(name), errors)
            : Wrong<JsonFields>(name, "This must be an object.");
    }

    /// <summary>The objects of an array, each with its own path (<c>recipients[0]</c>).</summary>
    public IReadOnlyList<JsonFields>? Objects(string name, int most)
    {
        if (Items(name, most) is not { } items)
            return null;
        var objects = new List<JsonFields>();
        foreach (var (index, item) in items.Index())
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{Path(name)}[{index}]");
            if (item.ValueKind == JsonValueKind.Object)
                objects.Add(new JsonFields(item, at, errors));
            else
                errors.Add(at, "This must be an object.");
        }
        return objects;
    }

    public IReadOnlyList<string>? Strings(string name, int most)
    {
        if (Items(name, most) is not { } items)
            return null;
        var strings = new List<string>();
        foreach (var (index, item) in items.Index())
        {
            if (item.ValueKind == JsonValueKind.String && TryText(item) is { } text)
                strings.Add(text);
            else
                errors.Add(string.Create(CultureInfo.InvariantCulture, $"{Path(name)}[{index}]"), "This must be text.");
        }
        return strings;
    }

    /// <summary>The fields of an object used as a dictionary, such as texts by locale.</summary>
    public IReadOnlyList<(string Name, JsonFields Fields)>? Entries(string name, int most)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Object)
            return Wrong<List<(string, JsonFields)>>(name, "This must be an object.");
        if (value.EnumerateObject().Count() > most)
            return Wrong<List<(string, JsonFields)>>(
                name,
                string.Create(CultureInfo.InvariantCulture, $"This has more than {most} entries.")
            );
        var entries = new List<(string, JsonFields)>();
        foreach (var property in value.EnumerateObject())
        {
            if (TryName(property) is not { } key)
            {
                errors.Add(Path(name), "This contains half a character.");
                continue;
            }
            var at = $"{Path(name)}.{key}";
            if (property.Value.ValueKind == JsonValueKind.Object)
                entries.Add((key, new JsonFields(property.Value, at, errors)));
            else
                errors.Add(at, "This must be an object.");
        }
        return entries;
    }

    private List<JsonElement>? Items(string name, int most)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Array)
            return Wrong<List<JsonElement>>(name, "This must be an array.");
        return value.GetArrayLength() <= most
            ? [.. value.EnumerateArray()]
            : Wrong<List<JsonElement>>(
                name,
                string.Create(CultureInfo.InvariantCulture, $"This has more than {most} entries.")
            );
    }

    private static string? TryName(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? TryText(JsonElement item)
    {
        try
        {
            return item.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private JsonElement? Find(string name) =>
        TryFind(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    // A lone escape such as \ud800 is valid JSON but not text, also in names.
    private bool TryFind(string name, out JsonElement value)
    {
        try
        {
            return element.TryGetProperty(name, out value);
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("The name of a property is not text.");
        }
    }

    private T? Wrong<T>(string name, string sentence)
    {
        errors.Add(Path(name), sentence);
        return default;
    }
}
