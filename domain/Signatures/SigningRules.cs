namespace Campaigns.Signatures;

/// <summary>Which requests to sign are refused late or put on hold.</summary>
public static class SigningRules
{
    /// <summary>
    /// The reason of a hold caused by the number of signatures from one network.
    /// </summary>
    public const string NetworkHold = "network";

    /// <summary>
    /// The reason of a hold caused by the number of signatures from one mailbox.
    /// </summary>
    public const string AlikeHold = "alike";

    /// <summary>The states of the signatures that count for <see cref="AlikeHold"/>.</summary>
    public static IReadOnlyList<string> ActiveStates { get; } = [SignatureState.Pending, SignatureState.Confirmed];

    /// <summary>
    /// The reason to put a new signature on hold; null for none. <see cref="AlikeHold"/> comes
    /// first, because a later request does not end it.
    /// </summary>
    /// <param name="others">Active signatures of the campaign with the same mailbox.</param>
    /// <param name="limit">The most of them without a hold.</param>
    /// <param name="requestHold">The reason to hold the request itself.</param>
    public static string? HoldOfNew(long others, int limit, string? requestHold) =>
        others >= limit ? AlikeHold : requestHold;

    /// <summary>
    /// The hold of a pending signature whose data a newer request replaces. Its mailbox is the
    /// same, so a hold for that stays.
    /// </summary>
    public static string? HoldOfReplaced(string? hold, string? requestHold) =>
        hold == AlikeHold ? AlikeHold : requestHold;

    /// <summary>
    /// The hold of a pending signature after a request with equal data, which can only end it.
    /// </summary>
    public static string? HoldOfRepeated(string? hold, string? requestHold) =>
        hold == AlikeHold || requestHold is not null ? hold : null;

    /// <summary>
    /// The longest time between two held signatures of one campaign and network that belong to one
    /// wave.
    /// </summary>
    public static readonly TimeSpan WaveGap = TimeSpan.FromHours(1);

    /// <summary>True if a signature that is held now belongs to the wave of the last one.</summary>
    public static bool ContinuesWave(DateTimeOffset last, DateTimeOffset now) => now - last <= WaveGap;

    /// <summary>
    /// The reason to put the newest of <paramref name="requests"/> from one network in one hour on
    /// hold; null for none.
    /// </summary>
    public static string? HoldReason(long requests, int limit) => requests > limit ? NetworkHold : null;

    /// <summary>
    /// Refuses a signature if an edit of the campaign since the signer read it affects the
    /// signature: the campaign closed, the text changed, or the ledger line would name another
    /// country.
    /// </summary>
    /// <param name="signature">The checked signature.</param>
    /// <param name="read">The campaign as it was when the signature was checked.</param>
    /// <param name="current">The campaign as it is now.</param>
    /// <param name="now">The current time.</param>
    public static Refusal? RefuseAfterEdit(NewSignature signature, Campaign read, Campaign current, DateTimeOffset now)
    {
        if (read.Version == current.Version)
            return null;
        if (!current.AcceptsSignatures(now))
            return Refusal.CampaignClosed;
        var sameText = current.Text(signature.Locale).Hash == signature.TextHash;
        var sameLine =
            Country.Listed(signature.Country, current.ListedCountries)
            == Country.Listed(signature.Country, read.ListedCountries);
        return sameText && sameLine ? null : Refusal.TextChanged;
    }
}
