using System.Text.Json;

namespace Campaigns.Ledger;

/// <summary>
/// The ledger at one size, as signed and published. Counts are adds minus removes of the first
/// <c>Size</c> lines.
/// </summary>
public sealed record TreeHead(
    string Campaign,
    long Size,
    string Root,
    DateTimeOffset SealedAt,
    IReadOnlyDictionary<string, long> Counts
)
{
    /// <summary>
    /// The payload of the head's JWS: <c>{"campaign","size","root","sealedAt","counts"}</c>, keys
    /// in this order, counts ordinal by country code, zeros left out.
    /// </summary>
    public byte[] Payload()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("campaign", Campaign);
            json.WriteNumber("size", Size);
            json.WriteString("root", Root);
            json.WriteString("sealedAt", Instant.Text(SealedAt));
            json.WritePropertyName("counts");
            WriteCounts(json, Counts);
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    public long Confirmed => Counts.Values.Sum();

    /// <summary>
    /// Parses a payload. Returns null unless the bytes are exactly what <see cref="Payload"/>
    /// writes.
    /// </summary>
    public static TreeHead? Parse(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var json = document.RootElement;
            if (!Instant.TryParse(json.GetProperty("sealedAt").GetString()!, out var sealedAt))
                return null;
            var head = new TreeHead(
                json.GetProperty("campaign").GetString()!,
                json.GetProperty("size").GetInt64(),
                json.GetProperty("root").GetString()!,
                sealedAt,
                json.GetProperty("counts")
                    .EnumerateObject()
                    .ToDictionary(country => country.Name, country => country.Value.GetInt64(), StringComparer.Ordinal)
            );
            return head.Payload().AsSpan().SequenceEqual(payload.Span) ? head : null;
        }
        catch (Exception error) when (JsonFailure.IsMalformed(error))
        {
            return null;
        }
    }

    /// <summary>The counts as a separate JSON object, in the format of the payload.</summary>
    public static string CountsText(IReadOnlyDictionary<string, long> counts)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
            WriteCounts(json, counts);
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    public static IReadOnlyDictionary<string, long> ReadCounts(string text) =>
        JsonSerializer.Deserialize<Dictionary<string, long>>(text)!;

    private static void WriteCounts(Utf8JsonWriter json, IReadOnlyDictionary<string, long> counts)
    {
        json.WriteStartObject();
        foreach (
            var (country, count) in counts
                .Where(pair => pair.Value != 0)
                .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        )
            json.WriteNumber(country, count);
        json.WriteEndObject();
    }
}
