namespace Campaigns.Packets;

/// <summary>
/// Which packets may be ordered, seen and built. What happens to an ordered packet is in
/// <see cref="PacketLifecycle"/>; what it shows of one signer is in <see cref="LineDisclosure"/>.
/// </summary>
public static class PacketRules
{
    /// <summary>A packet whose build failed this often has failed.</summary>
    public const int MostFailures = 3;

    /// <summary>
    /// A packet whose build started over this often has failed. Signers then withdraw faster than
    /// the packet is built, and staff should retry in a quieter hour.
    /// </summary>
    public const int MostRestarts = 100;

    /// <summary>
    /// Checks a request. A disclosure above the recipient's maximum is lowered. Refused with
    /// <c>validation</c>: an unknown recipient or locale, countries outside the recipient's or the
    /// actor's, CSV for a recipient with high risk.
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
        string[] all = [.. campaign.Countries.Select(country => country.Country), Country.Other];
        var allowed = all.Where(country =>
                (recipient.Countries?.Contains(country) ?? true) && (scope?.Contains(country) ?? true)
            )
            .ToList();
        if (request.Countries?.Except(allowed).Any() ?? false)
            return Refusal.Validation("countries", "A country is outside the recipient's countries or outside yours.");
        var countries = request.Countries is null ? allowed : allowed.Where(request.Countries.Contains).ToList();
        if (countries.Count == 0)
            return Refusal.Validation("countries", "The packet has no country.");
        if (!Locales.Supports(request.Locale))
            return Refusal.Validation("locale", "The locale of a packet must be en, nl or nb.");
        if (request.Csv && !AllowsCsv(recipient))
            return Refusal.Validation("include", "A packet for a recipient with high risk cannot include CSV.");
        return new PacketOrder(recipient, countries, Disclosures.Lower(request.Disclosure, recipient.MaxDisclosure));
    }

    /// <summary>True if a packet for the recipient may include a spreadsheet.</summary>
    public static bool AllowsCsv(Recipient recipient) => recipient.Risk == Recipient.LowRisk;

    /// <summary>
    /// The size of the ledger that the packet covers: the one asked for, or that of the newest
    /// head. Refused with <c>validation</c> beyond the newest head.
    /// </summary>
    public static Outcome<long> ChooseCutOff(long? asked, long newest) =>
        asked > newest
            ? Refusal.Validation("cutOff", "The cut-off is beyond the newest head of the ledger.")
            : asked ?? newest;

    /// <summary>The language of a packet whose request names none.</summary>
    public static string DefaultLocale(Campaign campaign) => Locales.Nearest(campaign.Texts[0].Locale);

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
