using Campaigns.Crypto;
using Campaigns.Ledger;

namespace Campaigns.Packets;

/// <summary>One check, its result, and a sentence for people.</summary>
public sealed record PacketCheck(string Subject, CheckResult Result, string Sentence);

/// <summary>
/// The checks of the command <c>verify</c>. They need no database, worker or network.
/// </summary>
public static class PacketVerification
{
    public static IReadOnlyList<PacketCheck> Check(PacketEvidence evidence)
    {
        var checks = new List<PacketCheck> { Signature(evidence), ContainerVerification.Check(evidence) };
        if (evidence.Manifest is null || Manifest.Parse(evidence.Manifest) is not { } manifest)
        {
            checks.Add(new("manifest", CheckResult.False, "The packet has no valid manifest.json."));
            foreach (var subject in (string[])["files", "sums", "ledger"])
                checks.Add(new(subject, CheckResult.Unchecked, "Nothing can be checked without a manifest."));
            return checks;
        }
        checks.Add(
            new(
                "manifest",
                CheckResult.True,
                $"Packet {Plain(manifest.Packet)} of campaign {Plain(manifest.Campaign)}."
            )
        );
        checks.AddRange(Files(manifest, evidence.Files));
        checks.Add(Sums(manifest));
        checks.Add(Ledger(manifest, evidence.Ledger));
        return checks;
    }

    /// <summary>
    /// Returns 0 when all checks passed, 1 when a check failed, 2 when a check could not be made.
    /// </summary>
    public static int ExitCode(IReadOnlyCollection<PacketCheck> checks) =>
        checks.Any(check => check.Result == CheckResult.False) ? 1
        : checks.Any(check => check.Result == CheckResult.Unchecked) ? 2
        : 0;

    private static PacketCheck Signature(PacketEvidence evidence)
    {
        const string Subject = "signature";
        if (evidence.ManifestJws is null)
            return new(Subject, CheckResult.False, "The packet has no manifest.jws.");
        if (
            evidence.Manifest is null
            || Jws.UnverifiedPayload(evidence.ManifestJws) is not { } payload
            || !payload.AsSpan().SequenceEqual(evidence.Manifest)
        )
            return new(Subject, CheckResult.False, "manifest.jws does not sign the manifest.json of this packet.");
        if (evidence.Keys is null)
            return new(
                Subject,
                CheckResult.Unchecked,
                "No key file was given; fetch it from the campaign's site (/api/keys)."
            );
        return Jws.Verify(evidence.ManifestJws, evidence.Keys) is null
            ? new(Subject, CheckResult.False, "None of the keys in the key file signed this manifest.")
            : new(Subject, CheckResult.True, "A key of the key file signed this manifest.");
    }

    private static List<PacketCheck> Files(Manifest manifest, IReadOnlyList<PacketFile> found)
    {
        const string Subject = "files";
        var wrong = new List<PacketCheck>();
        void Wrong(string sentence) => wrong.Add(new(Subject, CheckResult.False, sentence));

        foreach (
            var duplicate in found.GroupBy(file => file.Name, StringComparer.Ordinal).Where(files => files.Count() > 1)
        )
            Wrong($"{Plain(duplicate.Key)} is in the packet more than once.");
        foreach (
            var duplicate in manifest
                .Files.GroupBy(file => file.Name, StringComparer.Ordinal)
                .Where(files => files.Count() > 1)
        )
            Wrong($"{Plain(duplicate.Key)} is listed more than once.");
        var byName = found.ToLookup(file => file.Name, StringComparer.Ordinal);
        foreach (var listed in manifest.Files)
        {
            if (byName[listed.Name].FirstOrDefault() is not { } file)
                Wrong($"{Plain(listed.Name)} is listed but missing.");
            else if (file.Bytes != listed.Bytes)
                Wrong($"{Plain(listed.Name)} has another size than listed.");
            else if (file.Sha256 != listed.Sha256)
                Wrong($"{Plain(listed.Name)} has other contents than listed.");
        }
        var names = manifest.Files.Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var file in found.Where(file => !names.Contains(file.Name)).DistinctBy(file => file.Name))
            Wrong($"{Plain(file.Name)} is in the packet but not listed.");

        return wrong.Count > 0
            ? wrong
            :
            [
                new(
                    Subject,
                    CheckResult.True,
                    $"Every file has the listed size and SHA-256 ({manifest.Files.Count}), and there are no others."
                ),
            ];
    }

    private static PacketCheck Sums(Manifest manifest)
    {
        const string Subject = "sums";
        if (
            !manifest
                .Countries.Order(StringComparer.Ordinal)
                .SequenceEqual(manifest.Counts.Keys.Order(StringComparer.Ordinal), StringComparer.Ordinal)
        )
            return new(Subject, CheckResult.False, "The countries counted are not the countries of the packet.");
        foreach (var (country, counts) in manifest.Counts)
        {
            if (!counts.AddUp)
                return new(
                    Subject,
                    CheckResult.False,
                    $"{Plain(country)}: name + initials + count + removed since is not the number confirmed."
                );
            if (
                (manifest.Disclosure < Disclosure.Name && counts.Name > 0)
                || (manifest.Disclosure < Disclosure.Initials && counts.Initials > 0)
            )
                return new(
                    Subject,
                    CheckResult.False,
                    $"{Plain(country)}: the counts show a higher disclosure than the packet's."
                );
        }
        if (manifest.Disclosure > manifest.DisclosureAsked)
            return new(Subject, CheckResult.False, "The packet's disclosure is higher than requested.");
        var confirmed = manifest.Counts.Values.Sum(counts => counts.Confirmed);
        return manifest.Texts.Sum(text => text.Confirmed) == confirmed
            ? new(
                Subject,
                CheckResult.True,
                $"{confirmed} confirmed signatures; the numbers of every country and text add up."
            )
            : new(Subject, CheckResult.False, "The numbers by petition text do not add up to the numbers by country.");
    }

    private static PacketCheck Ledger(Manifest manifest, IEnumerable<string>? lines)
    {
        const string Subject = "ledger";
        if (lines is null)
            return new(Subject, CheckResult.Unchecked, "No ledger file was given; fetch it from the campaign's site.");
        var (size, root) = (manifest.CutOff.Size, manifest.CutOff.Root);
        var replay = new LedgerReplay();
        var earlier = new EarlierLines(manifest.Earlier);
        if (manifest.Earlier?.CutOff.Size >= size)
            return new(Subject, CheckResult.False, "The supplement is not after the packet that it supplements.");
        foreach (var line in lines)
        {
            earlier.Look(replay);
            if (replay.Size >= size)
                break;
            if (replay.Add(line) is { } problem)
                return new(Subject, CheckResult.False, problem);
            earlier.Follow(replay.Last!);
        }
        if (earlier.IsOfAnotherRoot)
            return new(
                Subject,
                CheckResult.False,
                $"The root of the first {Plural.Count(manifest.Earlier!.CutOff.Size, "entry", "entries")} "
                    + "is not that of the packet that this one supplements."
            );
        if (replay.Size != size)
            return new(
                Subject,
                CheckResult.False,
                $"The ledger file ends at {Plural.Count(replay.Size, "entry", "entries")}, "
                    + $"before the cut-off of {size}."
            );
        if (Convert.ToHexStringLower(replay.Root()) != root)
            return new(
                Subject,
                CheckResult.False,
                $"The root of the first {Plural.Count(size, "entry", "entries")} is not that of the manifest."
            );
        foreach (var (country, counts) in manifest.Counts)
        {
            var counted = replay.Counts.GetValueOrDefault(country) - earlier.Counts.GetValueOrDefault(country);
            if (counted != counts.Confirmed)
                return new(
                    Subject,
                    CheckResult.False,
                    $"{Plain(country)}: the ledger counts {counted} at the cut-off, the manifest {counts.Confirmed}."
                );
        }
        return new(
            Subject,
            CheckResult.True,
            $"The first {size} entries have the root of the manifest and its numbers by country."
        );
    }

    /// <summary>
    /// Makes untrusted text safe for a terminal: no control characters, at most 80 characters.
    /// </summary>
    private static string Plain(string text) =>
        new([.. text.Take(80).Select(c => char.IsAscii(c) && !char.IsControl(c) ? c : '?')]);
}
