using System.Text.Encodings.Web;
using System.Text.Json;

namespace Campaigns.Ledger;

/// <summary>The way from one line of the ledger to the root of a signed head.</summary>
public sealed record LedgerProof(long N, long Size, string LeafHash, IReadOnlyList<string> Path);

/// <summary>
/// What lets a signer prove that the ledger counts them, without our help and against our will. It
/// holds the key to their line and the address: shown to its owner only, never mailed, never
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
    /// <c>{"campaign","n","key","textHash","country","email","commitment","leafHash","headJws","proof":{"n","size","leafHash","path"}}</c>;
    /// the key in hex, the address in its normalised form.
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
