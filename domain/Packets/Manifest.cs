using System.Text.Encodings.Web;
using System.Text.Json;
using Campaigns.Staff;

namespace Campaigns.Packets;

/// <summary>
/// The description of a packet. Its bytes are the payload of <c>manifest.jws</c>, so writing it
/// twice gives the same bytes.
/// </summary>
public sealed record Manifest
{
    public const string FileName = "manifest.json";
    public const string SignatureFileName = "manifest.jws";

    private static readonly JsonWriterOptions _readable = new()
    {
        Indented = true,
        NewLine = "\n",
        // Names of recipients stay readable. The file is never put into a page, so HTML escaping is not needed.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required string Packet { get; init; }
    public required string Campaign { get; init; }
    public required IReadOnlyList<ManifestText> Texts { get; init; }

    /// <summary>The recipient's key within the campaign.</summary>
    public required string Recipient { get; init; }
    public required IReadOnlyList<string> Countries { get; init; }
    public required Disclosure Disclosure { get; init; }

    /// <summary>The requested disclosure, before the recipient's maximum lowered it.</summary>
    public required Disclosure DisclosureAsked { get; init; }
    public required CutOff CutOff { get; init; }

    /// <summary>
    /// The packet that this one supplements, written as <c>supplementTo</c> and <c>since</c>; null
    /// for none.
    /// </summary>
    public EarlierPacket? Earlier { get; init; }

    /// <summary>
    /// The newest link of the audit trail when the packet was ordered, which shows a change of
    /// earlier lines; null in packets from before the chain.
    /// </summary>
    public AuditHead? Audit { get; init; }

    /// <summary>By country code; written in ordinal order.</summary>
    public required IReadOnlyDictionary<string, PacketCounts> Counts { get; init; }

    /// <summary>
    /// Every file of the ZIP except the manifest and its signature, in ZIP order.
    /// </summary>
    public required IReadOnlyList<PacketFile> Files { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string Renderer { get; init; }

    /// <summary>
    /// The exact bytes of <c>manifest.json</c>: keys in the order of ledger-and-packet.md, UTF-8,
    /// indented, with a final line end.
    /// </summary>
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, _readable))
            Write(json);
        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>
    /// Parses a manifest. Returns null unless the bytes are exactly what <see cref="ToJson"/>
    /// writes.
    /// </summary>
    public static Manifest? Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var manifest = Read(document.RootElement);
            return manifest.ToJson().AsSpan().SequenceEqual(text.Span) ? manifest : null;
        }
        catch (Exception error) when (JsonFailure.IsMalformed(error))
        {
            return null;
        }
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("packet", Packet);
        json.WriteString("campaign", Campaign);
        json.WriteStartArray("texts");
        foreach (var text in Texts)
        {
            json.WriteStartObject();
            json.WriteString("locale", text.Locale);
            json.WriteNumber("version", text.Version);
            json.WriteString("hash", text.Hash);
            json.WriteNumber("confirmed", text.Confirmed);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("recipient", Recipient);
        json.WriteStartArray("countries");
        foreach (var country in Countries)
            json.WriteStringValue(country);
        json.WriteEndArray();
        json.WriteString("disclosure", Disclosure.Text());
        json.WriteString("disclosureAsked", DisclosureAsked.Text());
        Write(json, "cutOff", CutOff);
        if (Earlier is { } earlier)
        {
            json.WriteString("supplementTo", earlier.Packet);
            Write(json, "since", earlier.CutOff);
        }
        if (Audit is { } audit)
        {
            json.WriteStartObject("audit");
            json.WriteNumber("size", audit.Size);
            json.WriteString("hash", audit.Hash);
            json.WriteEndObject();
        }
        json.WriteStartObject("counts");
        foreach (var (country, counts) in Counts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(country);
            json.WriteNumber("confirmed", counts.Confirmed);
            json.WriteNumber("name", counts.Name);
            json.WriteNumber("initials", counts.Initials);
            json.WriteNumber("count", counts.Count);
            json.WriteNumber("removedSince", counts.RemovedSince);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteStartArray("files");
        foreach (var file in Files)
        {
            json.WriteStartObject();
            json.WriteString("name", file.Name);
            json.WriteNumber("bytes", file.Bytes);
            json.WriteString("sha256", file.Sha256);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("createdAt", Instant.Text(CreatedAt));
        json.WriteString("renderer", Renderer);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, CutOff cutOff)
    {
        json.WriteStartObject(name);
        json.WriteNumber("size", cutOff.Size);
        json.WriteString("root", cutOff.Root);
        json.WriteEndObject();
    }

    private static CutOff ReadCutOff(JsonElement json, string name) =>
        new(Number(json.GetProperty(name), "size"), Text(json.GetProperty(name), "root"));

    private static Manifest Read(JsonElement json) =>
        new()
        {
            Packet = Text(json, "packet"),
            Campaign = Text(json, "campaign"),
            Texts =
            [
                .. json.GetProperty("texts")
                    .EnumerateArray()
                    .Select(text => new ManifestText(
                        Text(text, "locale"),
                        text.GetProperty("version").GetInt32(),
                        Text(text, "hash"),
                        Number(text, "confirmed")
                    )),
            ],
            Recipient = Text(json, "recipient"),
            Countries =
            [
                .. json.GetProperty("countries")
                    .EnumerateArray()
                    .Select(country => country.GetString() ?? throw new FormatException()),
            ],
            Disclosure = Disclosures.Parse(Text(json, "disclosure")),
            DisclosureAsked = Disclosures.Parse(Text(json, "disclosureAsked")),
            CutOff = ReadCutOff(json, "cutOff"),
            Earlier = json.TryGetProperty("supplementTo", out _)
                ? new EarlierPacket(Text(json, "supplementTo"), ReadCutOff(json, "since"))
                : null,
            Audit = json.TryGetProperty("audit", out var audit)
                ? new AuditHead(Number(audit, "size"), Text(audit, "hash"))
                : null,
            Counts = json.GetProperty("counts")
                .EnumerateObject()
                .ToDictionary(
                    country => country.Name,
                    country => new PacketCounts(
                        Number(country.Value, "confirmed"),
                        Number(country.Value, "name"),
                        Number(country.Value, "initials"),
                        Number(country.Value, "count"),
                        Number(country.Value, "removedSince")
                    ),
                    StringComparer.Ordinal
                ),
            Files =
            [
                .. json.GetProperty("files")
                    .EnumerateArray()
                    .Select(file => new PacketFile(Text(file, "name"), Number(file, "bytes"), Text(file, "sha256"))),
            ],
            CreatedAt = Instant.TryParse(Text(json, "createdAt"), out var createdAt)
                ? createdAt
                : throw new FormatException(),
            Renderer = Text(json, "renderer"),
        };

    private static string Text(JsonElement json, string name) =>
        json.GetProperty(name).GetString() ?? throw new FormatException();

    // The file may be forged. The limit of 10^12 keeps sums of its numbers from overflowing.
    private static long Number(JsonElement json, string name) =>
        json.GetProperty(name).GetInt64() is var number and >= 0 and < 1_000_000_000_000
            ? number
            : throw new FormatException();
}
