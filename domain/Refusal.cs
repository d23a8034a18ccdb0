namespace Campaigns;

/// <summary>
/// An expected negative result, returned instead of an exception. The list is closed: each refusal
/// is one of the static members. It has a stable code, the last part of the problem's
/// <c>urn:campaign:CODE</c>. For bad input it also has sentences by JSON path in the contract's
/// spelling (<c>consents.sign</c>, <c>recipients[0].key</c>, <c>$</c>). Sentences never repeat the
/// input, because they end up in logs and bug reports.
/// </summary>
public sealed record Refusal
{
    private static readonly List<Refusal> _all = [];

    /// <summary>
    /// Fields of the request are not valid. <see cref="Validation(string, string)"/> and
    /// <see cref="FieldErrors"/> add the sentences.
    /// </summary>
    public static readonly Refusal Invalid = Create("validation");
    public static readonly Refusal MalformedBody = Create("malformed-body", "$", "The body is not valid JSON.");
    public static readonly Refusal NotSignedIn = Create("not-signed-in");

    /// <summary>The session has not proved a second factor, or not in the last minutes.</summary>
    public static readonly Refusal SecondFactorNeeded = Create("second-factor-needed");

    /// <summary>Only a session of the console may do this; a token may not.</summary>
    public static readonly Refusal SessionNeeded = Create("session-needed");

    /// <summary>A report that does not prove where it comes from, or that came before.</summary>
    public static readonly Refusal HookNotSigned = Create("hook-not-signed");
    public static readonly Refusal NotFound = Create("not-found");
    public static readonly Refusal NoSuchCampaign = Create("no-such-campaign");
    public static readonly Refusal LinkNotUsable = Create("link-not-usable");
    public static readonly Refusal MethodNotAllowed = Create("method-not-allowed");
    public static readonly Refusal SlugTaken = Create("slug-taken");
    public static readonly Refusal WrongState = Create("wrong-state");
    public static readonly Refusal CampaignClosed = Create("campaign-closed");
    public static readonly Refusal TextChanged = Create("text-changed");

    /// <summary>
    /// The form showed other recipients than the campaign has now. Only the page of a campaign
    /// returns this.
    /// </summary>
    public static readonly Refusal RecipientsChanged = Create("recipients-changed");
    public static readonly Refusal PacketNotReady = Create("packet-not-ready");
    public static readonly Refusal PacketStale = Create("packet-stale");
    public static readonly Refusal PacketEnded = Create("packet-ended");
    public static readonly Refusal TooManyPackets = Create("too-many-packets");

    /// <summary>Another member than the one who asked has to approve.</summary>
    public static readonly Refusal OwnRequest = Create("own-request");
    public static readonly Refusal ApprovalNeeded = Create("approval-needed");
    public static readonly Refusal AlreadyDecided = Create("already-decided");

    /// <summary>An update goes to subscribers once.</summary>
    public static readonly Refusal AlreadySent = Create("already-sent");
    public static readonly Refusal TooLateToUndo = Create("too-late-to-undo");
    public static readonly Refusal NotYetSealed = Create("not-yet-sealed");
    public static readonly Refusal IdempotencyKeyReused = Create("idempotency-key-reused");
    public static readonly Refusal ChangedMeanwhile = Create("changed-meanwhile");
    public static readonly Refusal BodyTooLarge = Create("body-too-large");
    public static readonly Refusal MediaType = Create("media-type");

    /// <summary>A file that is none of the types of evidence.</summary>
    public static readonly Refusal EvidenceType = Create("evidence-type");

    /// <summary>The files of the campaign's hand-overs have reached their limit.</summary>
    public static readonly Refusal EvidenceFull = Create("evidence-full");
    public static readonly Refusal RateLimited = Create("rate-limited");
    public static readonly Refusal Internal = Create("internal");
    public static readonly Refusal Overloaded = Create("overloaded");

    /// <summary>The operator froze the installation (<see cref="Freeze"/>).</summary>
    public static readonly Refusal Frozen = Create("frozen");

    private Refusal(string code, IReadOnlyDictionary<string, string[]>? errors) => (Code, Errors) = (code, errors);

    /// <summary>Every refusal there is.</summary>
    public static IReadOnlyList<Refusal> All => _all;

    public string Code { get; }
    public IReadOnlyDictionary<string, string[]>? Errors { get; }

    /// <summary>The refusal of one field.</summary>
    public static Refusal Validation(string path, string sentence) =>
        Validation(new Dictionary<string, string[]> { [path] = [sentence] });

    /// <summary>
    /// The state of the thing does not allow to change this field; the sentence says why.
    /// </summary>
    public static Refusal WrongStateAt(string path, string sentence) =>
        new(WrongState.Code, new Dictionary<string, string[]> { [path] = [sentence] });

    /// <summary>The refusal of several fields, by path.</summary>
    internal static Refusal Validation(IReadOnlyDictionary<string, string[]> errors) => new(Invalid.Code, errors);

    private static Refusal Create(string code, string? path = null, string? sentence = null)
    {
        var errors = path is null ? null : new Dictionary<string, string[]> { [path] = [sentence!] };
        var refusal = new Refusal(code, errors);
        _all.Add(refusal);
        return refusal;
    }
}
