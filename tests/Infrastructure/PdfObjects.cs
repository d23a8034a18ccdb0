using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Campaigns.Tests.Infrastructure;

/// <summary>The objects of a PDF, as <c>qpdf</c> reads them.</summary>
internal sealed class PdfObjects
{
    private readonly Dictionary<string, JsonElement> _objects = new(StringComparer.Ordinal);

    private PdfObjects(JsonElement objects)
    {
        foreach (var entry in objects.EnumerateObject())
            _objects[entry.Name.Replace("obj:", "", StringComparison.Ordinal)] = entry.Value;
        Trailer = _objects["trailer"].GetProperty("value");
        Catalogue = Get(Trailer, "/Root")!.Value;
    }

    public JsonElement Trailer { get; }
    public JsonElement Catalogue { get; }

    public IEnumerable<JsonElement> All => _objects.Values;

    public static PdfObjects Read(byte[] pdf)
    {
        const string Options = "--json=2 --json-key=qpdf --json-stream-data=inline --decode-level=generalized";
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, pdf);
            var output = Command.Run("qpdf", [.. Options.Split(' '), path]);
            using var json = JsonDocument.Parse(output, new JsonDocumentOptions { MaxDepth = 512 });
            return new(json.RootElement.GetProperty("qpdf")[1].Clone());
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The pages in order.</summary>
    public List<JsonElement> Pages() => [.. Items(Get(Catalogue, "/Pages")!.Value, "/Kids")];

    /// <summary>Follows a reference.</summary>
    public JsonElement Resolve(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String || !_objects.TryGetValue(value.GetString()!, out var found))
            return value;
        return found.TryGetProperty("value", out var own) ? own : found.GetProperty("stream").GetProperty("dict");
    }

    /// <summary>An entry of a dictionary; null without it.</summary>
    public JsonElement? Get(JsonElement dictionary, string key) =>
        Resolve(dictionary).TryGetProperty(key, out var value) ? Resolve(value) : null;

    /// <summary>A name or text of a dictionary, without the mark of its kind.</summary>
    public string? Text(JsonElement dictionary, string key) =>
        Get(dictionary, key)?.GetString() is { } text
            ? text.StartsWith("u:", StringComparison.Ordinal)
                ? text[2..]
                : text
            : null;

    /// <summary>The items of an array, resolved.</summary>
    public IEnumerable<JsonElement> Items(JsonElement dictionary, string key) =>
        Get(dictionary, key) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray().Select(Resolve) : [];

    /// <summary>The reference that an entry has.</summary>
    public string Reference(JsonElement dictionary, string key) => Resolve(dictionary).GetProperty(key).GetString()!;

    /// <summary>The decoded bytes of the stream that an entry refers to.</summary>
    public byte[] Stream(string reference) =>
        _objects[reference].GetProperty("stream").GetProperty("data").GetBytesFromBase64();

    /// <summary>The operators of a page with their operands, in order.</summary>
    public IEnumerable<(string Operator, List<string> Operands)> Content(JsonElement page)
    {
        var content = string.Concat(
            page.GetProperty("/Contents")
                .EnumerateArray()
                .Select(part => Encoding.Latin1.GetString(Stream(part.GetString()!)) + "\n")
        );
        var operands = new List<string>();
        foreach (var token in Tokens(content))
            if (char.IsAsciiLetter(token[0]))
            {
                yield return (token, operands);
                operands = [];
            }
            else
                operands.Add(token);
        Assert.Empty(operands);
    }

    // Dictionaries and arrays are one token each; the product writes no strings in parentheses on pages.
    private static IEnumerable<string> Tokens(string content)
    {
        for (var at = 0; at < content.Length;)
        {
            if (char.IsWhiteSpace(content[at]))
            {
                at++;
                continue;
            }
            var end = at + 1;
            if (content[at] is '<' or '[')
            {
                var depth = 0;
                for (end = at; end == at || depth > 0; end++)
                    depth +=
                        content[end] is '<' or '[' ? 1
                        : content[end] is '>' or ']' ? -1
                        : 0;
            }
            else
                while (end < content.Length && !IsEnd(content[end]))
                    end++;
            yield return content[at..end];
            at = end;
        }
    }

    private static bool IsEnd(char sign) => char.IsWhiteSpace(sign) || sign is '<' or '[' or '/';

    /// <summary>The codes that a text operator shows.</summary>
    public static IEnumerable<int> Codes(string operand)
    {
        foreach (var part in operand.Split('<').Skip(1))
        {
            var hex = part[..part.IndexOf('>', StringComparison.Ordinal)];
            for (var at = 0; at < hex.Length; at += 4)
                yield return int.Parse(hex.AsSpan(at, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }
    }
}
