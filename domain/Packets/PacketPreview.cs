namespace Campaigns.Packets;

/// <summary>What a packet would show, in numbers.</summary>
/// <param name="Counts">The counts by country, as in the manifest of the packet.</param>
/// <param name="Limited">The signatures shown with less than was asked for, one entry a
/// reason.</param>
public sealed record PacketPreview(
    IReadOnlyDictionary<string, PacketCounts> Counts,
    IReadOnlyList<LimitedSignatures> Limited
)
{
    public long Volumes => Counts.Values.Sum(counts => PacketRules.Volumes(counts.Printed));

    /// <param name="groups">All signatures of the countries up to the cut-off.</param>
    /// <param name="countries">The countries of the packet.</param>
    /// <param name="recipient">Its recipient, as the campaign has it now.</param>
    /// <param name="asked">The disclosure asked for.</param>
    public static PacketPreview Compute(
        IEnumerable<SignatureGroup> groups,
        IReadOnlyList<string> countries,
        Recipient recipient,
        Disclosure asked
    )
    {
        var counts = countries.ToDictionary(
            country => country,
            _ => new PacketCounts(0, 0, 0, 0, 0),
            StringComparer.Ordinal
        );
        var limited = LineLimit.All.ToDictionary(reason => reason, _ => 0L, StringComparer.Ordinal);
        foreach (var group in groups.Where(group => counts.ContainsKey(group.Country)))
        {
            var shown = Shown(group, recipient, asked);
            counts[group.Country] = Add(counts[group.Country], group, shown);
            if (!group.Removed && shown < asked)
                limited[Reason(group, recipient)] += group.Signatures;
        }
        return new PacketPreview(
            counts,
            [
                .. LineLimit
                    .All.Where(reason => limited[reason] > 0)
                    .Select(reason => new LimitedSignatures(reason, limited[reason])),
            ]
        );
    }

    private static Disclosure Shown(SignatureGroup group, Recipient recipient, Disclosure asked) =>
        LineDisclosure.Compute(
            group.Chosen,
            group.ChosenAt,
            Disclosures.Lower(asked, recipient.MaxDisclosure),
            recipient.MaxDisclosure,
            recipient.AddedAt
        );

    private static PacketCounts Add(PacketCounts counts, SignatureGroup group, Disclosure shown)
    {
        var added = counts with { Confirmed = counts.Confirmed + group.Signatures };
        return (group.Removed, shown) switch
        {
            (true, _) => added with { RemovedSince = added.RemovedSince + group.Signatures },
            (_, Disclosure.Name) => added with { Name = added.Name + group.Signatures },
            (_, Disclosure.Initials) => added with { Initials = added.Initials + group.Signatures },
            _ => added with { Count = added.Count + group.Signatures },
        };
    }

    private static string Reason(SignatureGroup group, Recipient recipient) =>
        group.Chosen is not { } chosen ? LineLimit.Erased
        : recipient.AddedAt > group.ChosenAt ? LineLimit.AddedLater
        : chosen > recipient.MaxDisclosure ? LineLimit.Recipient
        : LineLimit.Choice;
}
