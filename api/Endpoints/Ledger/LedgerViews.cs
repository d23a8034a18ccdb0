using Campaigns.Db.Ledger;

namespace Campaigns.Api.Endpoints.Ledger;

internal sealed record HeadView(
    long Size,
    string Root,
    DateTimeOffset SealedAt,
    IReadOnlyDictionary<string, long> Counts,
    string Jws
)
{
    public static HeadView From(SignedTreeHead head) => new(head.Size, head.Root, head.SealedAt, head.Counts, head.Jws);
}

internal sealed record ProofView(long N, long Size, string LeafHash, IReadOnlyList<string> Path);

/// <summary>
/// One line of the ledger; the body has one such object a line (NDJSON). A line of type add has a
/// commitment, one of type remove has of and reason.
/// </summary>
// This and what follows are for the OpenAPI document only.
internal sealed record LedgerLineView(
    long N,
    string Type,
    string Country,
    long? Of = null,
    string? Commitment = null,
    string? Reason = null
);

/// <summary>The public halves of all signing keys, old ones included (RFC 7517).</summary>
internal sealed record KeySetView(IReadOnlyList<KeyView> Keys);

internal sealed record KeyView(string Kty, string Crv, string X, string Y, string Kid, string Alg, string Use);

/// <summary>
/// What lets a signer prove that the ledger counts them. It has the key of their line and their
/// address, so keep it private.
/// </summary>
internal sealed record ReceiptView(
    string Campaign,
    long N,
    string Key,
    string TextHash,
    string Country,
    string Email,
    string Commitment,
    string LeafHash,
    string HeadJws,
    ProofView Proof
);

/// <summary>The examples of the OpenAPI document.</summary>
internal static class LedgerExamples
{
    private const string Hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    private const string Jws = "eyJhbGciOiJFUzI1NiJ9.eyJzaXplIjoxMjMwfQ.c2lnbmF0dXJl";

    public static HeadView Head { get; } =
        new(
            1_230,
            Hash,
            new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero),
            new Dictionary<string, long> { ["NO"] = 1_156, ["ZZ"] = 44 },
            Jws
        );

    public static ProofView Proof { get; } = new(17, 1_230, Hash, [Hash]);

    public static string Lines { get; } =
        $$"""
            {"n":0,"type":"add","country":"NO","commitment":"{{Hash}}"}
            {"n":1,"type":"remove","of":0,"country":"NO","reason":"signer"}

            """;

    public static KeySetView Keys { get; } =
        new([
            new KeyView(
                "EC",
                "P-256",
                "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
                "ES256",
                "sig"
            ),
        ]);

    public static ReceiptView Receipt { get; } =
        new("chechnya-2019", 17, Hash, Hash, "NO", "kari@example.org", Hash, Hash, Jws, Proof);
}
