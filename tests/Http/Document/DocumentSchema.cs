using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Campaigns.Tests.Http.Document;

/// <summary>
/// Compares bodies with the schemas of the OpenAPI document: the part of JSON Schema that the
/// document uses. A field that the schema does not name is an error too.
/// </summary>
internal sealed class DocumentSchema(JsonObject document)
{
    /// <summary>What is wrong, by path; empty when the value has the shape of the schema.</summary>
    public IReadOnlyList<string> Compare(JsonNode? value, JsonNode? schema)
    {
        var errors = new List<string>();
        Compare(value, schema, "$", errors);
        return errors;
    }

    private void Compare(JsonNode? value, JsonNode? schema, string path, List<string> errors)
    {
        if (Resolve(schema) is not { } rules)
            return;
        if ((rules["oneOf"] ?? rules["anyOf"]) is JsonArray choices)
        {
            if (!choices.Any(choice => Compare(value, choice).Count == 0))
                errors.Add($"{path} matches no choice");
            return;
        }
        var types = rules["type"] switch
        {
            JsonArray several => [.. several.Select(type => (string)type!)],
            JsonValue one => [(string)one!],
            _ => (string[])[],
        };
        if (types.Length > 0 && !types.Any(type => IsOf(value, type)))
        {
            errors.Add($"{path} is no {string.Join(" or ", types)}");
            return;
        }
        if (value is JsonValue text && text.GetValueKind() == JsonValueKind.String && !HasFormat((string)text!, rules))
            errors.Add($"{path} is no {rules["format"]}");
        if (value is JsonArray items)
            foreach (var (index, item) in items.Index())
                Compare(item, rules["items"], string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), errors);
        if (value is JsonObject fields)
            CompareFields(fields, rules, path, errors);
    }

    private void CompareFields(JsonObject fields, JsonObject rules, string path, List<string> errors)
    {
        foreach (var name in rules["required"]?.AsArray() ?? [])
            if (!fields.ContainsKey((string)name!))
                errors.Add($"{path}.{name} is missing");
        foreach (var (name, field) in fields)
        {
            if (rules["properties"]?[name] is { } property)
                Compare(field, property, $"{path}.{name}", errors);
            else if (rules["additionalProperties"] is JsonObject others)
                Compare(field, others, $"{path}.{name}", errors);
            else
                errors.Add($"{path}.{name} is not described");
        }
    }

    private JsonObject? Resolve(JsonNode? schema)
    {
        while (schema?["$ref"] is { } reference)
            schema = ((string)reference!)[2..]
                .Split('/')
                .Aggregate((JsonNode)document, (node, part) => node[part] ?? throw new KeyNotFoundException(part));
        return schema as JsonObject;
    }

    private static bool IsOf(JsonNode? value, string type) =>
        (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
        {
            ("null", JsonValueKind.Null) => true,
            ("string", JsonValueKind.String) => true,
            ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
            ("integer", JsonValueKind.Number) => value!.AsValue().TryGetValue<long>(out _),
            ("number", JsonValueKind.Number) => true,
            ("object", JsonValueKind.Object) => true,
            ("array", JsonValueKind.Array) => true,
            _ => false,
        };

    private static bool HasFormat(string text, JsonObject rules) =>
        (string?)rules["format"] switch
        {
            "date-time" => DateTimeOffset.TryParseExact(
                text,
                "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out _
            ),
            "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, 0, out _),
            _ => true,
        };
}
