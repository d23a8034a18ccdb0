namespace Campaigns.Packets;

/// <summary>
/// Which packets may be ordered, seen and built. What happens to an ordered packet is in
/// <see cref="PacketLifecycle"/>; what it shows of one signer is in <see cref="LineDisclosure"/>.
/// </summary>
public static class PacketRules
{
    /// <summary>
    /// The languages of packets: those of our pages, and Russian for those who only receive.
    /// </summary>
    public static IReadOnlyList<string> Languages { get; } = [.. Locales.Supported, "ru"];

    /// <summary>A packet whose build failed this often has failed.</summary>
    public const int MostFailures = 3;

    /// <summary>
    /// A packet whose build started over this often has failed. Signers then withdraw faster than
    /// the packet is built, and staff should retry in a quieter hour.
    /// </summary>
    public const int MostRestarts = 100;

    /// <summary>The time over which the previews of a member are counted.</summary>
    public static readonly TimeSpan PreviewWindow = TimeSpan.FromHours(1);

    /// <summary>
    /// Checks a request. A disclosure above the recipient's maximum is lowered. Refused with
    /// <c>validation</c>: an unknown recipient or locale, countries outside the recipient's or the
    /// actor's, a table for a recipient with high risk.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="request">The requested packet.</param>
    /// <param name="scope">The countries of the actor; null for all.</param>
    public static Outcome<PacketOrder> Check(Campaign campaign, PacketRequest request, IReadOnlyList<string>? scope)
    {
        if (CampaignLifecycle.Find(campaign.State, CampaignAct.OrderPacket).Refusal is { } refusal)
            return refusal;
        if (campaign.Recipients.FirstOrDefault(one => one.Key == request.Recipient) is not { } recipient)
            return Refusal.Validation("recipient", "The campaign has no such recipient.");
        var allowed = AllowedCountries(campaign, recipient, scope);
        if (request.Countries?.Except(allowed).Any() ?? false)
            return Refusal.Validation("countries", "A country is outside the recipient's countries or outside yours.");
        var countries = request.Countries is null ? allowed : allowed.Where(request.Countries.Contains).ToList();
        if (countries.Count == 0)
            return Refusal.Validation("countries", "The packet has no country.");
        if (!Languages.Contains(request.Locale))
            return Refusal.Validation("locale", "The locale of a packet must be en, nl, nb or ru.");
        // All that can be included is refused alike, so the first is.
        if ((request.Csv || request.Xlsx) && !AllowsTables(recipient))
            return Refusal.Validation("include[0]", "A packet for a recipient with high risk includes no table.");
        return new PacketOrder(recipient, countries, Disclosures.Lower(request.Disclosure, recipient.MaxDisclosure));
    }

    /// <summary>
    /// The countries that a packet for the recipient may have, in printing order: the recipient's,
    /// among them the actor's only. Without one the actor does not see the recipient.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="recipient">One of its recipients.</param>
    /// <param name="scope">The countries of the actor; null for all.</param>
    public static IReadOnlyList<string> AllowedCountries(
        Campaign campaign,
        Recipient recipient,
        IReadOnlyList<string>? scope
    ) =>
        [
            .. campaign
                .Countries.Select(country => country.Country)
                .Append(Country.Other)
                .Where(country =>
                    (recipient.Countries?.Contains(country) ?? true) && (scope?.Contains(country) ?? true)
                ),
        ];

    /// <summary>The volumes of a country with so many printed lines.</summary>
    public static long Volumes(long printed) => (printed + LinesOfVolume - 1) / LinesOfVolume;

    /// <summary>The most lines of a volume.</summary>
    public const int LinesOfVolume = 10_000;

    /// <summary>
    /// The place of a printed line among all lines of a packet, from 0. Refused with
    /// <c>validation</c> on <c>country</c>, <c>volume</c> or <c>line</c>.
    /// </summary>
    /// <param name="countries">The countries in printing order.</param>
    /// <param name="counts">Their counts, from the manifest.</param>
    /// <param name="country">The country of the volume.</param>
    /// <param name="volume">The number of the volume, from 1.</param>
    /// <param name="line">The printed number, which continues through the volumes of a
    /// country.</param>
    public static Outcome<long> FindLine(
        IReadOnlyList<string> countries,
        IReadOnlyDictionary<string, PacketCounts> counts,
        string country,
        int volume,
        long line
    )
    {
        if (!countries.Contains(country) || !counts.TryGetValue(country, out var own))
            return Refusal.Validation("country", "The packet does not have this country.");
        if (line < 1 || line > own.Printed)
            return Refusal.Validation("line", "The packet has no line of this number.");
        if (volume != ((line - 1) / LinesOfVolume) + 1)
            return Refusal.Validation("volume", "The line is not in this volume.");
        var before = countries.TakeWhile(one => one != country).Sum(one => counts[one].Printed);
        return before + line - 1;
    }

    /// <summary>
    /// True if a packet for the recipient may include its lines as a table: CSV or XLSX.
    /// </summary>
    public static bool AllowsTables(Recipient recipient) => recipient.Risk == Recipient.LowRisk;

    /// <summary>
    /// The head that a packet asks for. Refused with <c>validation</c> where no head was signed.
    /// </summary>
    /// <param name="asked">The size asked for; null for the newest head.</param>
    /// <param name="newest">The size of the newest head.</param>
    /// <param name="isSigned">True for the size of a signed head that is served.</param>
    public static Outcome<long> ChooseHead(long? asked, long newest, Func<long, bool> isSigned)
    {
        if (asked is not { } size || size == newest)
            return newest;
        return size < newest && isSigned(size)
            ? size
            : Refusal.Validation("cutOff", "The cut-off must be the size of a signed head of the ledger.");
    }

    /// <summary>
    /// The cut-off of a new packet at a head: the nearest cut-off of the campaign's packets that is
    /// fewer than <paramref name="minBatch"/> lines away, otherwise the head. Two packets so near
    /// would show which of the few lines between them are which signers. An empty packet shows no
    /// line, so it is near to none.
    /// </summary>
    /// <param name="head">The size of the head.</param>
    /// <param name="others">The cut-offs of the campaign's packets.</param>
    /// <param name="minBatch">The lines of a batch of the ledger.</param>
    public static long ChooseCutOff(long head, IEnumerable<long> others, int minBatch) =>
        head == 0
            ? head
            : others
                .Where(other => other > 0 && Math.Abs(other - head) < minBatch)
                .OrderBy(other => Math.Abs(other - head))
                .ThenBy(other => other)
                .FirstOrDefault(head);

    /// <summary>True if that many waiting packets leave no room for another.</summary>
    /// <param name="ofMember">The member's waiting packets; null for the operator, who has no
    /// limit.</param>
    /// <param name="mostOfMember">The most waiting packets of a member.</param>
    /// <param name="ofCampaign">The campaign's waiting packets.</param>
    /// <param name="mostOfCampaign">The most waiting packets of a campaign.</param>
    public static bool AreTooMany(long? ofMember, int mostOfMember, long ofCampaign, int mostOfCampaign) =>
        ofMember >= mostOfMember || ofCampaign >= mostOfCampaign;

    /// <summary>
    /// The language of a packet whose request names none: the recipient's, otherwise the
    /// campaign's.
    /// </summary>
    public static string DefaultLocale(Campaign campaign, string? recipient) =>
        campaign.Recipients.FirstOrDefault(one => one.Key == recipient)?.Locale
        ?? Locales.Nearest(campaign.Texts[0].Locale);

    /// <summary>
    /// True if staff with this scope reach a packet of these countries: all must be theirs. A null
    /// scope reaches every packet.
    /// </summary>
    public static bool IsInScope(IReadOnlyList<string> countries, IReadOnlyList<string>? scope) =>
        scope is null || countries.All(scope.Contains);

    /// <summary>
    /// True if a packet of these countries may still be built for the recipient, whose countries
    /// may have changed since the order.
    /// </summary>
    public static bool IsStillAllowed(Recipient recipient, IReadOnlyList<string> countries) =>
        recipient.Countries is null || !countries.Except(recipient.Countries).Any();
}
