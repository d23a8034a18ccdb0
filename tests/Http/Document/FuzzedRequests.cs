using System.Text;
using System.Text.Json.Nodes;

namespace Campaigns.Tests.Http.Document;

/// <summary>An operation of the document with its address.</summary>
internal sealed record DescribedOperation(string Method, string Path, JsonObject Content);

/// <summary>
/// Random requests to the operations of the OpenAPI document: mostly what their examples say, with
/// single values replaced by what no client should send.
/// </summary>
/// <param name="document">The document.</param>
/// <param name="random">The source of every choice.</param>
/// <param name="known">Values that the server knows, by the name of the parameter or field:
/// <c>slug</c>, <c>id</c>, <c>token</c>, <c>bearer</c>.</param>
internal sealed class FuzzedRequests(
    JsonObject document,
    Random random,
    IReadOnlyDictionary<string, IReadOnlyList<string>> known
)
{
    private const int LongestPart = 400;

    // Half a character, which JSON may contain but which no writer of JSON writes.
    private const string Half = "half-a-character";

    private static readonly string[] _texts =
    [
        "",
        " ",
        "x",
        "null",
        "true",
        "0",
        "-1",
        "1",
        "200",
        "201",
        "9223372036854775807",
        "9223372036854775808",
        "1e309",
        "2019-05-17",
        "0001-01-01",
        "9999-12-31",
        "2019-05-17T09:00:00.000Z",
        "GB",
        "ZZ",
        "open",
        "name",
        "https://Friend.example/",
        "https://kari@friend.example",
        "=1+1",
        "kåre@blåbær.example",
        "\u202e\u0301",
        "😀",
        "\u0000",
        "\uFEFF",
        "a\r\nb",
        "' OR 1=1 --",
        "<script>",
        "%s%n{0}",
        new string('a', 300),
        new string('Ø', 5_000),
    ];

    private static readonly string[] _values =
    [
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "2147483648",
        "1e400",
        "{}",
        "[]",
        "[null]",
        "[[]]",
        "{\"\":null}",
        $"\"{Half}\"",
        $"{{\"{Half}\":1}}",
        "\"\\u0000\"",
    ];

    private static readonly string[] _types =
    [
        "application/json; charset=utf-7",
        "application/merge-patch+json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "",
        ";",
    ];

    private static readonly (string Name, string[] Values)[] _headers =
    [
        ("If-None-Match", ["*", "\"x\"", "W/\"x\"", "nonsense", "\"unclosed"]),
        ("If-Match", ["*", "\"x\"", "\"3\"", "nonsense"]),
        ("If-Range", ["\"x\"", "Fri, 17 May 2019 09:00:00 GMT", "nonsense"]),
        ("Range", ["bytes=0-9", "bytes=9999999999-", "items=1-2", "bytes=-1", "nonsense"]),
        ("Accept", ["text/csv", "*/*;q=0", "nonsense", "application/json;q=x"]),
        ("Accept-Language", ["nb", "nl;q=0.5,*", ";;q=", "x"]),
        ("Idempotency-Key", ["1", "2", "3", ""]),
        ("Origin", ["https://friend.example", "null", "nonsense"]),
        ("Sec-Fetch-Site", ["cross-site"]),
        ("X-Forwarded-For", ["203.0.113.1", "nonsense"]),
    ];

    public IReadOnlyList<DescribedOperation> Operations { get; } =
    [
        .. document["paths"]!
            .AsObject()
            .SelectMany(path =>
                path.Value!.AsObject()
                    .Select(operation => new DescribedOperation(
                        operation.Key.ToUpperInvariant(),
                        path.Key,
                        operation.Value!.AsObject()
                    ))
            ),
    ];

    public HttpRequestMessage Next(DescribedOperation operation)
    {
        var parameters = operation.Content["parameters"]?.AsArray().Select(one => one!.AsObject()).ToList() ?? [];
        var path = operation.Path;
        foreach (var parameter in parameters.Where(one => (string?)one["in"] == "path"))
            path = path.Replace($"{{{parameter["name"]}}}", PathPart(parameter), StringComparison.Ordinal);
        var query = parameters
            .Where(one => (string?)one["in"] == "query" && random.Next(2) == 0)
            .Select(one => $"{one["name"]}={Escaped(Text(one))}");
        var method = operation.Method == "GET" && random.Next(8) == 0 ? "HEAD" : operation.Method;
        var request = new HttpRequestMessage(HttpMethod.Parse(method), $"{path}?{string.Join('&', query)}");
        if (operation.Content["requestBody"]?["content"]?["application/json"]?["example"] is { } example)
            request.Content = Body(example);
        var needsToken = operation.Content["security"]!.AsArray().Count > 0;
        if (random.Next(20) != 0 == needsToken)
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Bearer(operation.Path));
        foreach (var (name, values) in _headers)
            if (random.Next(12) == 0)
                request.Headers.TryAddWithoutValidation(name, Pick(values));
        return request;
    }

    private string Bearer(string path) =>
        random.Next(12) == 0
            ? Pick(["", "x", new string('A', 47) + "*", new string('A', 48), "cst_x"])
            : Pick(known[path.Contains("/my/", StringComparison.Ordinal) ? "manage" : "staff"]);

    private string PathPart(JsonObject parameter)
    {
        var text = Text(parameter);
        // The server refuses a NUL before the program sees the path. An empty part, . and .. are other paths.
        return text is "" or "." or ".." || text.Contains('\0', StringComparison.Ordinal) ? "x" : Escaped(text);
    }

    private string Text(JsonObject parameter)
    {
        if (random.Next(4) == 0)
            return Pick(_texts);
        return known.TryGetValue((string)parameter["name"]!, out var values) && values.Count > 0
            ? Pick(values)
            : parameter["example"]!.ToString();
    }

    private ByteArrayContent Body(JsonNode example)
    {
        var body = Known(example.DeepClone())!;
        for (var changes = random.Next(4); changes > 0; changes--)
            body = Change(body);
        var text = body.ToJsonString().Replace(Half, "\\ud800", StringComparison.Ordinal);
        var bytes = Encoding.UTF8.GetBytes(text);
        bytes = random.Next(30) switch
        {
            0 => bytes[..random.Next(bytes.Length)],
            1 => [.. "\uFEFF"u8, .. bytes],
            2 => [.. bytes, .. "x"u8],
            3 => [.. bytes[..(bytes.Length / 2)], 0xFF, 0xC0, .. bytes[(bytes.Length / 2)..]],
            4 => Encoding.UTF8.GetBytes(new string('[', 200)),
            5 => [],
            6 => [.. bytes, .. Encoding.UTF8.GetBytes(new string(' ', random.Next(2) == 0 ? 17_000 : 1_100_000))],
            // A name that is there twice.
            7 => Encoding.UTF8.GetBytes($"{{\"{Pick(Names(body))}\":{Pick(_values)},{text[1..]}"),
            _ => bytes,
        };
        var content = new ByteArrayContent(bytes);
        var type = random.Next(20) == 0 ? Pick(_types) : "application/json";
        if (type.Length > 0)
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    // Puts what the server knows in place of the values of examples, so that requests get past their first check.
    private JsonNode? Known(JsonNode? node)
    {
        if (node is JsonObject fields)
            foreach (var (name, value) in fields.ToList())
                fields[name] =
                    value is JsonValue && known.TryGetValue(name, out var values)
                        ? JsonValue.Create(Pick(values))
                        : Known(value?.DeepClone());
        return node;
    }

    private JsonNode Change(JsonNode body)
    {
        var places = Places(body).ToList();
        if (places.Count == 0 || random.Next(40) == 0)
            return JsonNode.Parse(Pick(_values)) ?? new JsonObject();
        var (fields, name) = Pick(places);
        switch (random.Next(5))
        {
            case 0:
                fields.Remove(name);
                break;
            case 1:
                fields[Pick(_texts)] = Value();
                break;
            default:
                fields[name] = Value();
                break;
        }
        return body;
    }

    private JsonNode? Value() => random.Next(2) == 0 ? JsonNode.Parse(Pick(_values)) : JsonValue.Create(Pick(_texts));

    private static IEnumerable<(JsonObject Fields, string Name)> Places(JsonNode? node) =>
        node switch
        {
            JsonObject fields => fields.SelectMany(field => Places(field.Value).Append((fields, field.Key))),
            JsonArray items => items.SelectMany(Places),
            _ => [],
        };

    private static IReadOnlyList<string> Names(JsonNode body) =>
        body is JsonObject { Count: > 0 } fields ? [.. fields.Select(field => field.Key)] : ["x"];

    private T Pick<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

    // The server refuses a longer address before the program sees it.
    private static string Escaped(string text) => Uri.EscapeDataString(text[..Math.Min(text.Length, LongestPart)]);
}
