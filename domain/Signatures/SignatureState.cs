namespace Campaigns.Signatures;

/// <summary>
/// The states of a signature, spelled as the database, the counters and the contract spell them.
/// </summary>
public static class SignatureState
{
    public const string Pending = "pending";
    public const string Confirmed = "confirmed";
    public const string Invalidated = "invalidated";
    public const string Withdrawn = "withdrawn";
    public const string Expired = "expired";
    public const string Erased = "erased";

    /// <summary>
    /// Not a state but a bucket of its own: a pending or confirmed signature under a hold is
    /// counted here and nowhere else, so that the buckets of a country always add up to its rows.
    /// </summary>
    public const string Held = "held";

    public static IReadOnlyList<string> Buckets { get; } =
    [Pending, Confirmed, Held, Invalidated, Withdrawn, Expired, Erased];

    /// <summary>The bucket a row is counted in.</summary>
    public static string Bucket(string state, string? holdReason) =>
        holdReason is not null && state is (Pending or Confirmed) ? Held : state;
}
