using System.Globalization;
using Campaigns.Api.Http;
using Campaigns.Packets;

namespace Campaigns.Api.Endpoints.Packets;

/// <summary>
/// Reads a request for a packet. The store checks that recipient, countries and cut-off fit the
/// campaign.
/// </summary>
internal static class PacketRequestParser
{
    public static Outcome<PacketRequest> Read(JsonFields fields, Campaign campaign)
    {
        var errors = fields.Only("recipient", "countries", "disclosure", "locale", "cutOff", "include", "since").Errors;
        var recipient = fields.String("recipient");
        if (recipient is null && !errors.Has("recipient"))
            errors.Add("recipient", "Give the recipient of the packet.");
        var disclosure = Disclosure.Count;
        if (fields.String("disclosure") is { } wanted && !Disclosures.TryParse(wanted, out disclosure))
            errors.Add("disclosure", "Choose count, initials or name.");
        var (csv, xlsx) = (false, false);
        foreach (var (index, item) in (fields.Strings("include", 10) ?? []).Index())
        {
            if (item == "csv")
                csv = true;
            else if (item == "xlsx")
                xlsx = true;
            else
                errors.Add(
                    string.Create(CultureInfo.InvariantCulture, $"include[{index}]"),
                    "Only csv and xlsx can be included."
                );
        }
        long? since = null;
        if (fields.String("since") is { } earlier)
        {
            if (Ids.TryParse(earlier, out var id))
                since = id;
            else
                errors.Add("since", "This must be the id of a packet.");
        }
        var locale = fields.String("locale") ?? PacketRules.DefaultLocale(campaign, recipient);
        var cutOff = fields.Long("cutOff", 0);
        var countries = fields.Strings("countries", Country.Codes.Count + 1);
        return errors.ToRefusal() is { } refusal
            ? refusal
            : new PacketRequest(recipient!, countries, disclosure, locale, cutOff, csv, xlsx, since);
    }
}
