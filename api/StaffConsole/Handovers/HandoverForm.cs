using System.Text.Json;
using System.Text.Json.Nodes;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.Parts;
using Microsoft.Extensions.Primitives;

namespace Campaigns.Api.StaffConsole.Handovers;

/// <summary>
/// The form of a plan, an attempt or an answer as it was typed. Its fields become those of the JSON
/// request, so that both are checked alike.
/// </summary>
public sealed class HandoverForm(IReadOnlyDictionary<string, StringValues> typed)
{
    private const string Packets = "packets";
    private const string Delegation = "delegation";
    private const string Public = "public";

    public static HandoverForm Empty { get; } = new(new Dictionary<string, StringValues>());

    public static HandoverForm From(IFormCollection form) => new(form.ToDictionary());

    /// <summary>The fields of a request of the API, for a form that changes it.</summary>
    internal static HandoverForm From<T>(T request, JsonSerializerOptions json) =>
        new(
            JsonSerializer
                .SerializeToNode(request, json)!
                .AsObject()
                .ToDictionary(field => field.Key, field => Fields(field.Key, field.Value))
        );

    /// <summary>What was typed; null for an empty field.</summary>
    public string? this[string field] => FormJson.Typed(typed.GetValueOrDefault(field));

    /// <summary>True for a box that is ticked.</summary>
    public bool Has(string field, string value) => typed.GetValueOrDefault(field).Contains(value);

    /// <summary>These fields as a request of the API.</summary>
    internal JsonObject ToJson(params IReadOnlyList<string> fields) =>
        new(fields.Select(field => KeyValuePair.Create(field, ToJson(field))));

    private JsonNode? ToJson(string field) =>
        field switch
        {
            Packets => ToArray(typed.GetValueOrDefault(field)),
            Delegation => ToArray(typed.GetValueOrDefault(field).ToString().Split('\n')),
            Public => Has(field, PageForm.Yes),
            _ => this[field],
        };

    private static JsonArray? ToArray(IEnumerable<string?> lines)
    {
        JsonNode?[] items =
        [
            .. lines
                .Select(line => line?.Trim())
                .Where(line => line is { Length: > 0 })
                .Select(line => (JsonNode?)line),
        ];
        return items.Length == 0 ? null : new JsonArray(items);
    }

    private static StringValues Fields(string name, JsonNode? value) =>
        value switch
        {
            JsonArray items when name == Delegation => string.Join('\n', items.Select(item => (string?)item)),
            JsonArray items => items.Select(item => (string?)item).ToArray(),
            JsonValue single when single.GetValueKind() is JsonValueKind.True => PageForm.Yes,
            JsonValue single when single.GetValueKind() is JsonValueKind.String => (string?)single,
            _ => default,
        };
}
