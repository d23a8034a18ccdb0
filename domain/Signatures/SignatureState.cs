namespace Campaigns.Signatures;

/// <summary>
/// The states of a signature, spelled as in the database, the counters and the contract.
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
    /// A separate bucket, not a state. A pending or confirmed signature on hold is counted here
    /// only, so that the buckets of a country add up to its rows.
    /// </summary>
    public const string Held = "held";

    public static IReadOnlyList<string> Buckets { get; } =
    [Pending, Confirmed, Held, Invalidated, Withdrawn, Expired, Erased];

    /// <summary>The bucket that counts a row.</summary>
    public static string Bucket(string state, bool onHold) =>
        onHold && state is (Pending or Confirmed) ? Held : state;
}
