namespace Campaigns;

/// <summary>
/// An expected negative result, returned instead of an exception. It has a stable code, the last
/// part of the problem's <c>urn:campaign:CODE</c>. For bad input it also has sentences by JSON path
/// in the contract's spelling (<c>consents.sign</c>, <c>recipients[0].key</c>, <c>$</c>). Sentences
/// never repeat the input, because they end up in logs and bug reports.
/// </summary>
public sealed record Refusal(string Code, IReadOnlyDictionary<string, string[]>? Errors = null)
{
    public static readonly Refusal MalformedBody = new(
        "malformed-body",
        new Dictionary<string, string[]> { ["$"] = ["The body is not valid JSON."] }
    );
    public static readonly Refusal NotSignedIn = new("not-signed-in");
    public static readonly Refusal NotFound = new("not-found");
    public static readonly Refusal NoSuchCampaign = new("no-such-campaign");
    public static readonly Refusal LinkNotUsable = new("link-not-usable");
    public static readonly Refusal SlugTaken = new("slug-taken");
    public static readonly Refusal WrongState = new("wrong-state");
    public static readonly Refusal CampaignClosed = new("campaign-closed");
    public static readonly Refusal TextChanged = new("text-changed");
    public static readonly Refusal PacketNotReady = new("packet-not-ready");
    public static readonly Refusal PacketStale = new("packet-stale");
    public static readonly Refusal NotYetSealed = new("not-yet-sealed");
    public static readonly Refusal IdempotencyKeyReused = new("idempotency-key-reused");
    public static readonly Refusal ChangedMeanwhile = new("changed-meanwhile");
    public static readonly Refusal BodyTooLarge = new("body-too-large");
    public static readonly Refusal MediaType = new("media-type");
    public static readonly Refusal RateLimited = new("rate-limited");
    public static readonly Refusal Overloaded = new("overloaded");

    /// <summary>A refusal for one field.</summary>
    public static Refusal Validation(string path, string sentence) =>
        new("validation", new Dictionary<string, string[]> { [path] = [sentence] });
}

/// <summary>Either the result or the refusal. Exactly one of the two is set.</summary>
public readonly record struct Outcome<T>(T? Value, Refusal? Refusal)
{
    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);
}
