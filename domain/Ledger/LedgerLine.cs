using System.Text;
using System.Text.Json;

namespace Campaigns.Ledger;

/// <summary>
/// One entry of the ledger. Its text is the leaf of the tree, so every byte counts: keys in this
/// order, no spaces, UTF-8, no line end.
/// </summary>
public sealed record LedgerLine
{
    public const string Add = "add";
    public const string Remove = "remove";

    /// <summary>Withdrawn or erased. The public ledger does not distinguish the two.</summary>
    public const string BySigner = "signer";
    public const string Invalidated = "invalidated";

    /// <summary>The length of a commitment in bytes; a line shows it in hex.</summary>
    public const int CommitmentBytes = 32;

    private LedgerLine(long n, string type, string country, string text)
    {
        N = n;
        Type = type;
        Country = country;
        Text = text;
    }

    public long N { get; }

    /// <summary><see cref="Add"/> or <see cref="Remove"/>.</summary>
    public string Type { get; }

    /// <summary>A country the campaign lists, or <c>ZZ</c>.</summary>
    public string Country { get; }

    /// <summary>For an add, 64 hex digits; null for a remove.</summary>
    public string? Commitment { get; private init; }

    /// <summary>For a remove, the n of the add it removes; null for an add.</summary>
    public long? Of { get; private init; }

    /// <summary>
    /// For a remove, <see cref="BySigner"/> or <see cref="Invalidated"/>; null for an add.
    /// </summary>
    public string? Reason { get; private init; }

    /// <summary>The exact text, without a line end.</summary>
    public string Text { get; }

    public byte[] LeafHash() => MerkleTree.Leaf(Encoding.UTF8.GetBytes(Text));

    public static LedgerLine OfAdd(long n, string country, ReadOnlySpan<byte> commitment) =>
        OfAdd(n, country, Convert.ToHexStringLower(commitment));

    public static LedgerLine OfRemove(long n, long of, string country, string reason) =>
        new(
            n,
            Remove,
            country,
            FormattableString.Invariant(
                $$"""{"n":{{n}},"type":"remove","of":{{of}},"country":"{{country}}","reason":"{{reason}}"}"""
            )
        )
        {
            Of = of,
            Reason = reason,
        };

    /// <summary>
    /// Parses a line. Returns null unless the text is byte for byte what this class writes.
    /// </summary>
    public static LedgerLine? Parse(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            var n = root.GetProperty("n").GetInt64();
            var country = root.GetProperty("country").GetString()!;
            var line = root.GetProperty("type").GetString() switch
            {
                Add => OfAdd(n, country, root.GetProperty("commitment").GetString()!),
                Remove => OfRemove(
                    n,
                    root.GetProperty("of").GetInt64(),
                    country,
                    root.GetProperty("reason").GetString()!
                ),
                _ => null,
            };
            return line is not null && line.Text == text && line.IsPossible() ? line : null;
        }
        catch (Exception error) when (JsonFailure.IsMalformed(error))
        {
            return null;
        }
    }

    private bool IsPossible() =>
        N >= 0
        && Country.Length == 2
        && Country.All(char.IsAsciiLetterUpper)
        && (
            Commitment is null
            || (Commitment.Length == 2 * CommitmentBytes && Commitment.All(char.IsAsciiHexDigitLower))
        )
        && (Of is null || (Of >= 0 && Of < N))
        && Reason is null or BySigner or Invalidated;

    private static LedgerLine OfAdd(long n, string country, string commitment) =>
        new(
            n,
            Add,
            country,
            FormattableString.Invariant(
                $$"""{"n":{{n}},"type":"add","country":"{{country}}","commitment":"{{commitment}}"}"""
            )
        )
        {
            Commitment = commitment,
        };
}
