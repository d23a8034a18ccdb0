using Campaigns.Packets;

namespace Campaigns.Worker.Packets.Documents;

/// <summary>
/// What the documents of one packet say; all of it fixed by the cut-off and the moment the packet
/// was asked for, so that a rebuild says the same.
/// </summary>
public sealed record PacketFacts
{
    public required string PacketId { get; init; }
    public required string Slug { get; init; }
    public required string Organisation { get; init; }

    /// <summary>One of <see cref="Locales.Supported"/>: the language of our own words.</summary>
    public required string Locale { get; init; }

    /// <summary>
    /// Title and demand as signed, in the packet's language where the campaign has it.
    /// </summary>
    public required PetitionText Text { get; init; }
    public required string RecipientName { get; init; }
    public required string RecipientAddress { get; init; }
    public required Disclosure Disclosure { get; init; }
    public required CutOff CutOff { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required IReadOnlyList<ManifestText> Texts { get; init; }

    /// <summary>In the order they are printed.</summary>
    public required IReadOnlyList<CountryFacts> Countries { get; init; }

    /// <summary>Where the campaign's keys and ledger are published; no slash at the end.</summary>
    public required string PublicUrl { get; init; }

    /// <summary>
    /// Null when the packet holds no <c>signatures.csv</c>; otherwise how many cells got a leading
    /// apostrophe.
    /// </summary>
    public required int? CsvApostrophes { get; init; }
}

/// <summary>One country of a packet.</summary>
/// <param name="Country">Its code, <c>ZZ</c> for all the campaign does not list.</param>
/// <param name="Counts">What became of its confirmed signatures.</param>
/// <param name="Volumes">How many volumes of lines it has.</param>
public sealed record CountryFacts(string Country, PacketCounts Counts, int Volumes);

/// <summary>Which volume of a country, from 1.</summary>
/// <param name="Country">Its code.</param>
/// <param name="Number">Which.</param>
/// <param name="Of">How many there are.</param>
/// <param name="Last">The number of its last line.</param>
public sealed record VolumeFacts(string Country, int Number, int Of, int Last);

/// <summary>One printed line.</summary>
/// <param name="Number">Counts on through the volumes of a country, from 1.</param>
/// <param name="Shown">Name or initials.</param>
/// <param name="Locality">Only beside a name.</param>
/// <param name="Day">Of confirmation, UTC.</param>
public sealed record SignatureLine(int Number, string Shown, string? Locality, DateOnly Day);
