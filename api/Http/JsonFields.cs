using System.Globalization;
using System.Text.Json;

namespace Campaigns.Api.Http;

/// <summary>
/// Reads one JSON object field by field and collects every error, wrong types included, under the
/// path of its field. Rejected: model binding and its validation, which answer the first wrong type
/// with an empty 400 and write paths as C# properties. A missing field reads as null, like
/// <c>null</c>. Unknown fields are ignored unless <see cref="Only"/> names the known ones.
/// </summary>
/// <param name="element">The object that was sent.</param>
/// <param name="path">Its path in the body; empty for the body.</param>
/// <param name="errors">Collects the errors.</param>
/// <param name="current">For a merge patch (RFC 7396) the object as it is: a field that was not
/// sent is read from it, objects are merged, and null clears.</param>
internal sealed class JsonFields(JsonElement element, string path, FieldErrors errors, JsonElement? current = null)
{
    // Enough for any campaign, and far enough from the last possible date that periods can be added.
    private const int FirstYear = 1970;
    private const int LastYear = 2200;

    public FieldErrors Errors => errors;

    /// <summary>
    /// A copy of the fields that outlives the request's document, without errors.
    /// </summary>
    public JsonFields Detach() => new(element.Clone(), path, new FieldErrors());

    /// <summary>
    /// The same fields as a merge patch of <paramref name="now"/>, without errors.
    /// </summary>
    public JsonFields Over(JsonElement now) => new(element, path, new FieldErrors(), now);

    /// <summary>Adds an error for every field that was sent and is none of these.</summary>
    public JsonFields Only(params IReadOnlyList<string> names)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (TryName(property) is not { } name)
                errors.Add(path.Length == 0 ? "$" : path, "A name contains half a character.");
            else if (!names.Contains(name))
                errors.Add(Path(name), "This field is unknown.");
        }
        return this;
    }

    public string Path(string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>True for a field that was sent as <c>null</c>.</summary>
    public bool IsNull(string name) => TryFind(name, out var value) && value.ValueKind == JsonValueKind.Null;

    /// <summary>
    /// The names of an object used as a dictionary of texts. In a merge patch the current ones come
    /// first, and null removes one.
    /// </summary>
    public IReadOnlyList<string> Names()
    {
        IEnumerable<JsonProperty> before = current is { } now ? now.EnumerateObject() : [];
        var names = before.Concat(element.EnumerateObject()).Select(property => TryName(property) ?? "").Distinct();
        return [.. names.Where(name => !IsNull(name))];
    }

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

    /// <summary>A number that has no more digits than a decimal has.</summary>
    public decimal? Decimal(string name)
    {
        if (Find(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number)
            ? number
            : Wrong<decimal?>(name, "This must be a number.");
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
            ? new JsonFields(value, Path(name), errors, CurrentObject(name))
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

    /// <summary>
    /// The fields of an object used as a dictionary, such as texts by locale. In a merge patch the
    /// current entries come first, and null removes one.
    /// </summary>
    public IReadOnlyList<(string Name, JsonFields Fields)>? Entries(string name, int most)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Object)
            return Wrong<List<(string, JsonFields)>>(name, "This must be an object.");
        var sent = value.EnumerateObject().Select(property => (Name: TryName(property), property.Value)).ToList();
        var before = CurrentObject(name)?.EnumerateObject().ToDictionary(one => one.Name, one => one.Value) ?? [];
        if (sent.Any(entry => entry.Name is null))
            errors.Add(Path(name), "This contains half a character.");
        // Current entries keep their place; new ones follow in the order in which they were sent.
        var merged = new List<(string Key, JsonElement Value)>();
        foreach (var (key, now) in before)
            merged.Add((key, sent.LastOrDefault(entry => entry.Name == key, (Name: key, Value: now)).Value));
        merged.AddRange(
            sent.Where(entry => entry.Name is { } key && !before.ContainsKey(key))
                .Select(entry => (entry.Name!, entry.Value))
        );
        if (current is not null)
            merged.RemoveAll(entry => entry.Value.ValueKind == JsonValueKind.Null);
        if (merged.Count > most)
            return Wrong<List<(string, JsonFields)>>(
                name,
                string.Create(CultureInfo.InvariantCulture, $"This has more than {most} entries.")
            );
        var entries = new List<(string, JsonFields)>();
        foreach (var (key, item) in merged)
        {
            var at = $"{Path(name)}.{key}";
            if (item.ValueKind == JsonValueKind.Object)
                entries.Add((key, new JsonFields(item, at, errors, before.TryGetValue(key, out var now) ? now : null)));
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

    private JsonElement? CurrentObject(string name) =>
        current is { } now && now.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object
            ? value
            : null;

    // A lone escape such as \ud800 is valid JSON but not text, also in names.
    private bool TryFind(string name, out JsonElement value)
    {
        try
        {
            return element.TryGetProperty(name, out value)
                || (current is { } now && now.TryGetProperty(name, out value));
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
