using Campaigns.Packets;
using Campaigns.Staff;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>
/// The content of one packet's documents. The cut-off and the time of the request determine all of
/// it, so a rebuild has the same content.
/// </summary>
public sealed record PacketFacts
{
    public required string PacketId { get; init; }
    public required string Slug { get; init; }
    public required string Organisation { get; init; }

    /// <summary>
    /// One of <see cref="PacketRules.Languages"/>: the language of the fixed texts.
    /// </summary>
    public required string Locale { get; init; }

    /// <summary>
    /// Title and demand as signed, in the packet's language if a signed text has it.
    /// </summary>
    public required PetitionText Text { get; init; }
    public required string RecipientName { get; init; }
    public required string RecipientAddress { get; init; }
    public required Disclosure Disclosure { get; init; }
    public required CutOff CutOff { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The packet that this one supplements; null for none.</summary>
    public EarlierPacket? Earlier { get; init; }

    /// <summary>Signatures of the countries in packets before, which are still confirmed.</summary>
    public long EarlierSignatures { get; init; }

    /// <summary>
    /// The newest link of the audit trail at the order; null before there was one.
    /// </summary>
    public AuditHead? Audit { get; init; }

    /// <summary>The texts that were signed, as the manifest lists them.</summary>
    public required IReadOnlyList<ManifestText> Texts { get; init; }

    /// <summary>
    /// The known ones among <see cref="Texts"/> with their words, the most signed first.
    /// </summary>
    public required IReadOnlyList<SignedText> SignedTexts { get; init; }

    /// <summary>In printed order.</summary>
    public required IReadOnlyList<CountryFacts> Countries { get; init; }

    /// <summary>The address that publishes keys and ledger, without a final slash.</summary>
    public required string PublicUrl { get; init; }

    /// <summary>
    /// The number of cells with an added apostrophe; null when the packet has no
    /// <c>signatures.csv</c>.
    /// </summary>
    public required int? CsvGuardedCells { get; init; }

    /// <summary>True when the packet has <c>signatures.xlsx</c>.</summary>
    public bool HasWorkbook { get; init; }

    /// <summary>
    /// True when the organisation's certificate signs the container, not that of a published key.
    /// </summary>
    public bool HasOwnSeal { get; init; }

    /// <summary>The signatures whose text a restore lost.</summary>
    public long WithoutText => Texts.Where(text => text.IsUnknown).Sum(text => text.Confirmed);

    /// <summary>The counts of all countries of the packet together.</summary>
    public PacketCounts Total =>
        new(
            Countries.Sum(country => country.Counts.Confirmed),
            Countries.Sum(country => country.Counts.Name),
            Countries.Sum(country => country.Counts.Initials),
            Countries.Sum(country => country.Counts.Count),
            Countries.Sum(country => country.Counts.RemovedSince)
        );
}
