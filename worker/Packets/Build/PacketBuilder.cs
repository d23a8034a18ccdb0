using System.Text;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Keys;
using Campaigns.Db.Packets;
using Campaigns.Packets;
using Campaigns.Worker.Packets.Documents;
using Campaigns.Worker.Packets.Pdf;
using Campaigns.Worker.Packets.Seal;
using Microsoft.Extensions.Localization;

namespace Campaigns.Worker.Packets.Build;

/// <summary>
/// Writes the files of one packet from the first N entries of the ledger. Memory has sixteen bytes
/// a line, a few pages of rows, and the lines of a volume without places; a transaction reads one
/// page of rows. The same rows give the same bytes, except for signatures.
/// </summary>
internal sealed class PacketBuilder(
    PacketReader reader,
    CampaignStore campaigns,
    KeyRing keys,
    IStringLocalizer<PacketTexts> texts,
    PublicAddress address,
    PacketSeal seal
)
{
    /// <summary>
    /// What the bytes of a packet depend on besides its rows: the layout, the shaping library, and
    /// the runtime that compresses streams. Raise the first number when a document's look changes.
    /// </summary>
    public static readonly string Renderer =
        $"campaign-packet/7 harfbuzz/{HarfBuzz.Version} dotnet/{Environment.Version}";

    /// <summary>
    /// The packet's recipient; null when the packet may no longer be built for it.
    /// </summary>
    public Recipient? FindRecipient(Packet packet) => reader.FindRecipient(packet);

    /// <summary>
    /// Writes all parts and the manifest. Returns null when a signer in the packet was removed or
    /// changed their disclosure during the build.
    /// </summary>
    public BuiltPacket? Build(
        ClaimedPacket claimed,
        Recipient recipient,
        PacketStaging staging,
        PacketProgress progress,
        CancellationToken cancellation
    )
    {
        var packet = claimed.Packet;
        var campaign = campaigns.Get(packet.CampaignId);
        var plan = PacketPlan.Read(reader, claimed, recipient, cancellation);
        Volatile.Write(ref progress.Total, plan.Lines);
        var allTexts = campaigns.AllTexts(packet.CampaignId);
        var words = new PacketWords(texts, packet.Locale);
        var facts = new PacketFacts
        {
            PacketId = Ids.Text(packet.Id),
            Slug = campaign.Slug,
            Organisation = campaign.Organisation,
            Locale = packet.Locale,
            Text = Signed(allTexts, plan, packet.Locale, campaign),
            RecipientName = recipient.Name,
            RecipientAddress = recipient.Address,
            Disclosure = packet.Disclosure,
            CutOff = packet.CutOff,
            Earlier = packet.Earlier,
            EarlierSignatures = plan.Earlier,
            Audit = packet.Audit,
            CreatedAt = packet.RequestedAt,
            Texts = Texts(allTexts, plan),
            SignedTexts =
            [
                .. allTexts
                    .Where(text => plan.Texts.ContainsKey(text.Hash))
                    .Select(text => new SignedText(text, plan.Texts[text.Hash]))
                    .OrderByDescending(text => text.Confirmed)
                    .ThenBy(text => text.Text.Locale, StringComparer.Ordinal)
                    .ThenBy(text => text.Text.Version),
            ],
            Countries =
            [
                .. packet.Countries.Select(country => new CountryFacts(
                    country,
                    plan[country].Counts,
                    Volumes(plan[country]),
                    plan[country].ListedLater
                )),
            ],
            PublicUrl = address.Url,
            CsvGuardedCells = null,
            HasOwnSeal = seal.IsOwnCertificate,
        };
        using (var tables = new TableParts(staging, packet, recipient, words, plan.Lines))
        {
            if (
                !WriteVolumes(
                    new PacketLines(reader, claimed, recipient, plan),
                    facts,
                    words,
                    staging,
                    tables,
                    progress,
                    cancellation
                )
            )
                return null;
            facts = facts with { CsvGuardedCells = tables.Csv?.GuardedCells, HasWorkbook = tables.HasWorkbook };
            tables.Complete();
        }
        staging.Write(PacketNames.CoverLetter, stream => CoverLetter.Write(stream, words, facts));
        staging.Write(PacketNames.CountCertificate, stream => CountCertificate.Write(stream, words, facts));
        staging.Write(PacketNames.ReadMe, stream => stream.Write(ReadMe.Write(words, facts)));
        var (manifest, jws) = Sign(packet, campaign, facts, staging);
        Seal(staging, cancellation);
        return new(manifest, jws, plan);
    }

    // False when the rows differ from those that the plan counted.
    private static bool WriteVolumes(
        PacketLines source,
        PacketFacts facts,
        PacketWords words,
        PacketStaging staging,
        TableParts tables,
        PacketProgress progress,
        CancellationToken cancellation
    )
    {
        using var lines = Prefetch.Of(source.Read(cancellation)).SelectMany(page => page).GetEnumerator();
        var writer = new CountryWriter(words, facts, staging, tables, progress, lines);
        return facts.Countries.All(writer.Write) && !lines.MoveNext() && !source.SourceChanged;
    }

    private (Manifest Manifest, string Jws) Sign(
        Packet packet,
        Campaign campaign,
        PacketFacts facts,
        PacketStaging staging
    )
    {
        var manifest = new Manifest
        {
            Packet = facts.PacketId,
            Campaign = campaign.Slug,
            Texts = facts.Texts,
            Recipient = packet.Recipient,
            Countries = packet.Countries,
            Disclosure = packet.Disclosure,
            DisclosureAsked = packet.DisclosureAsked,
            CutOff = packet.CutOff,
            Earlier = packet.Earlier,
            Audit = packet.Audit,
            Counts = facts.Countries.ToDictionary(
                country => country.Country,
                country => country.Counts,
                StringComparer.Ordinal
            ),
            Files = staging.Files,
            CreatedAt = packet.RequestedAt,
            Renderer = Renderer,
        };
        var jws = keys.CurrentSigning.Sign(manifest.ToJson());
        staging.Write(Manifest.FileName, stream => stream.Write(manifest.ToJson()));
        staging.Write(Manifest.SignatureFileName, stream => stream.Write(Encoding.ASCII.GetBytes(jws)));
        return (manifest, jws);
    }

    private void Seal(PacketStaging staging, CancellationToken cancellation)
    {
        var list = AsicManifest.Write(staging.Files);
        var signature = seal.Sign(list, cancellation);
        staging.Write(AsicContainer.ManifestName, stream => stream.Write(list));
        staging.Write(AsicContainer.SignatureName, stream => stream.Write(signature));
    }

    // A text that is not stored is as unknown as one that a restore lost: the texts add up to the counts.
    private static List<ManifestText> Texts(IReadOnlyList<PetitionText> all, PacketPlan plan)
    {
        List<ManifestText> texts =
        [
            .. all.Where(text => plan.Texts.ContainsKey(text.Hash))
                .Select(text => new ManifestText(text.Locale, text.Version, text.Hash, plan.Texts[text.Hash])),
        ];
        var unknown = plan.Texts.Values.Sum() - texts.Sum(text => text.Confirmed);
        if (unknown > 0)
            texts.Add(ManifestText.OfUnknown(unknown));
        return texts;
    }

    private static int Volumes(CountryIndex country) =>
        (country.Signers.Length + SignatureVolume.Most - 1) / SignatureVolume.Most;

    // A text that was signed: in the packet's language if it has signatures, else the text with the most signatures.
    private static PetitionText Signed(
        IReadOnlyList<PetitionText> all,
        PacketPlan plan,
        string locale,
        Campaign campaign
    )
    {
        var signed = all.Where(text => plan.Texts.ContainsKey(text.Hash)).ToList();
        return signed.Where(text => text.Locale == locale).MaxBy(text => plan.Texts[text.Hash])
            ?? signed.MaxBy(text => plan.Texts[text.Hash])
            ?? campaign.Text(locale);
    }
}
