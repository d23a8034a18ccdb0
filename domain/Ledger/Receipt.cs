using System.Text.Encodings.Web;
using System.Text.Json;

namespace Campaigns.Ledger;

/// <summary>
/// Lets a signer prove that the ledger counts them, without this installation's help. It contains
/// the key of their line and their address, so it is shown only to the signer and never mailed or
/// logged.
/// </summary>
public sealed record Receipt(
    string Campaign,
    string Key,
    string TextHash,
    string Country,
    string Email,
    string Commitment,
    string HeadJws,
    LedgerProof Proof
)
{
    private static readonly JsonWriterOptions _readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// A JSON object with <c>campaign</c>, <c>n</c>, <c>key</c>, <c>textHash</c>, <c>country</c>,
    /// <c>email</c>, <c>commitment</c>, <c>leafHash</c>, <c>headJws</c> and <c>proof</c> (<c>n</c>,
    /// <c>size</c>, <c>leafHash</c>, <c>path</c>). The key is in hex, the address in normalised
    /// form.
    /// </summary>
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, _readable))
        {
            json.WriteStartObject();
            json.WriteString("campaign", Campaign);
            json.WriteNumber("n", Proof.N);
            json.WriteString("key", Key);
            json.WriteString("textHash", TextHash);
            json.WriteString("country", Country);
            json.WriteString("email", Email);
            json.WriteString("commitment", Commitment);
            json.WriteString("leafHash", Proof.LeafHash);
            json.WriteString("headJws", HeadJws);
            json.WriteStartObject("proof");
            json.WriteNumber("n", Proof.N);
            json.WriteNumber("size", Proof.Size);
            json.WriteString("leafHash", Proof.LeafHash);
            json.WriteStartArray("path");
            foreach (var hash in Proof.Path)
                json.WriteStringValue(hash);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }
}
