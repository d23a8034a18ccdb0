namespace Campaigns.Packets;

/// <summary>Which packets may be supplements, and to which others.</summary>
public static class SupplementRules
{
    /// <summary>
    /// The order of a supplement: without countries in the request it has those of the earlier
    /// packet. Refused with <c>validation</c> on <c>since</c> or <c>countries</c>.
    /// </summary>
    /// <param name="order">The order as the campaign allows it.</param>
    /// <param name="asked">The countries of the request; null for all.</param>
    /// <param name="earlier">What is known of the earlier packet; null if the campaign has no such
    /// packet, or the actor does not reach it.</param>
    public static Outcome<PacketOrder> Check(PacketOrder order, IReadOnlyList<string>? asked, OrderedPacket? earlier)
    {
        if (earlier is null)
            return Refusal.Validation("since", "The campaign has no such packet.");
        if (earlier.Recipient != order.Recipient.Key)
            return Refusal.Validation("since", "That packet is for another recipient.");
        if (!earlier.WasBuilt)
            return Refusal.Validation("since", "That packet was never built.");
        if (asked is not null && order.Countries.Except(earlier.Countries).Any())
            return Refusal.Validation("countries", "That packet does not have one of these countries.");
        var countries = order.Countries.Where(earlier.Countries.Contains).ToList();
        return countries.Count > 0
            ? order with
            {
                Countries = countries,
            }
            : Refusal.Validation("countries", "The packet has no country.");
    }

    /// <summary>
    /// Refuses a supplement without a line of the ledger. A cut-off near the earlier packet's
    /// becomes that one, so there are never just a few.
    /// </summary>
    public static Refusal? RefuseCutOff(long cutOff, EarlierPacket? earlier) =>
        cutOff <= earlier?.CutOff.Size
            ? Refusal.Validation("since", "The ledger has too few lines after the cut-off of that packet.")
            : null;
}
