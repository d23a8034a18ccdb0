using System.Security.Cryptography;
using Campaigns.Crypto;
using Campaigns.Ledger;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Unit.Packets;

public sealed class PacketVerificationTests : IDisposable
{
    private readonly SamplePacket _packet = new();

    public void Dispose() => _packet.Dispose();

    [Fact]
    public void Genuine_packet_passes_every_check()
    {
        var checks = PacketVerification.Check(_packet.Evidence());
        Assert.Equal(
            ["signature", "container", "manifest", "files", "sums", "ledger"],
            checks.Select(check => check.Subject)
        );
        Assert.All(checks, check => Assert.Equal(CheckResult.True, check.Result));
        Assert.Equal(0, PacketVerification.ExitCode(checks));
    }

    [Fact]
    public void Missing_keys_or_ledger_leave_checks_open()
    {
        Unchecked(["signature", "container"], _packet.Evidence() with { Keys = null });
        Unchecked(["ledger"], _packet.Evidence() with { Ledger = null });

        void Unchecked(string[] subjects, PacketEvidence evidence)
        {
            var checks = PacketVerification.Check(evidence);
            Assert.Equal(
                subjects,
                checks.Where(check => check.Result == CheckResult.Unchecked).Select(check => check.Subject)
            );
            Assert.Equal(2, PacketVerification.ExitCode(checks));
        }
    }

    [Fact]
    public void Failed_check_outweighs_an_unchecked_one() =>
        Assert.Equal(
            1,
            PacketVerification.ExitCode(PacketVerification.Check(_packet.Evidence() with { Keys = null, Files = [] }))
        );

    [Fact]
    public void Signature_by_another_key_or_over_another_manifest_fails()
    {
        using var forgerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        AssertOnlyFailure("signature", _packet.Evidence() with { Keys = new JwkSet().Add(forgerKey) });
        AssertOnlyFailure("signature", _packet.Evidence() with { Keys = new JwkSet() });
        AssertOnlyFailure("signature", _packet.Evidence() with { ManifestJws = null });
        AssertOnlyFailure("signature", _packet.Evidence() with { ManifestJws = "nothing" });
        var lowered = _packet.Manifest with { DisclosureAsked = Disclosure.Initials };
        AssertOnlyFailure("signature", _packet.Evidence() with { Manifest = lowered.ToJson() });
        // The changed manifest, signed with the forger's own key.
        AssertOnlyFailure(
            "signature",
            _packet.Evidence() with
            {
                Manifest = lowered.ToJson(),
                ManifestJws = Jws.Sign(lowered.ToJson(), forgerKey, "k"),
            }
        );
    }

    [Fact]
    public void Unreadable_manifest_leaves_all_other_checks_open()
    {
        var unreadable = _packet.Manifest.ToJson().AsSpan(1).ToArray();
        foreach (
            var evidence in new[]
            {
                _packet.Evidence() with
                {
                    Manifest = null,
                },
                _packet.Evidence() with
                {
                    Manifest = unreadable,
                    ManifestJws = _packet.Sign(unreadable),
                },
            }
        )
        {
            var checks = PacketVerification.Check(evidence);
            Assert.Equal(1, PacketVerification.ExitCode(checks));
            Assert.DoesNotContain(checks, check =>
                check.Result == CheckResult.True && check.Subject is not ("signature" or "container")
            );
        }
    }

    [Fact]
    public void Missing_changed_unlisted_and_duplicate_files_fail()
    {
        var files = _packet.Evidence().Files;
        AssertOnlyFailure("files", _packet.Evidence() with { Files = [files[0]] });
        AssertOnlyFailure("files", _packet.Evidence() with { Files = [files[0], files[1] with { Bytes = 1 }] });
        AssertOnlyFailure(
            "files",
            _packet.Evidence() with
            {
                Files = [files[0], files[1] with { Sha256 = files[0].Sha256 }],
            }
        );
        AssertOnlyFailure("files", _packet.Evidence() with { Files = [.. files, new("more.pdf", 0, "")] });
        AssertOnlyFailure("files", _packet.Evidence() with { Files = [.. files, files[1]] });
        Bent("files", _packet.Manifest with { Files = [.. _packet.Manifest.Files, _packet.Manifest.Files[0]] });
    }

    [Fact]
    public void Wrong_sums_fail()
    {
        Bent("sums", WithCounts(new(2, 0, 0, 0, 1)));
        Bent("sums", WithCounts(new(2, 1, 0, 0, 1)));
        Bent("sums", _packet.Manifest with { Texts = [] });
        Bent("sums", _packet.Manifest with { Countries = ["GB", "NL"] });
        Bent("sums", _packet.Manifest with { Countries = [] });
        Bent("sums", _packet.Manifest with { DisclosureAsked = Disclosure.Count });
        Bent("sums", _packet.Manifest with { Disclosure = Disclosure.Count });
    }

    [Fact]
    public void Confirmed_count_that_differs_from_the_ledger_fails()
    {
        Bent("ledger", WithCounts(new(3, 0, 1, 1, 1)) with { Texts = [new("en", 1, new string('a', 64), 3)] });
        Bent(
            "ledger",
            _packet.Manifest with
            {
                Countries = ["GB", "NO"],
                Counts = new Dictionary<string, PacketCounts>
                {
                    ["GB"] = new(2, 0, 1, 0, 1),
                    ["NO"] = new(1, 0, 0, 1, 0),
                },
                Texts = [new("en", 1, new string('a', 64), 3)],
            }
        );
    }

    [Fact]
    public void Another_cut_off_or_another_ledger_fails()
    {
        Bent("ledger", _packet.Manifest with { CutOff = new CutOff(5, _packet.Root(6)) });
        Bent("ledger", _packet.Manifest with { CutOff = new CutOff(7, _packet.Root(7)) });
        Bent("ledger", _packet.Manifest with { CutOff = new CutOff(8, _packet.Root(7)) });

        AssertOnlyFailure("ledger", Without(3));
        AssertOnlyFailure("ledger", Without(5, 6));
        AssertOnlyFailure("ledger", With(1, LedgerLine.OfAdd(1, "NL", new byte[32]).Text));
        AssertOnlyFailure("ledger", With(1, _packet.Lines[1] + " "));
        AssertOnlyFailure("ledger", With(3, LedgerLine.OfRemove(3, 1, "GB", LedgerLine.BySigner).Text));
        AssertOnlyFailure("ledger", With(4, LedgerLine.OfRemove(4, 0, "GB", LedgerLine.BySigner).Text));
        AssertOnlyFailure("ledger", With(4, LedgerLine.OfRemove(4, 3, "GB", LedgerLine.BySigner).Text));

        PacketEvidence Without(params int[] lines) =>
            _packet.Evidence() with
            {
                Ledger = _packet.Lines.Where((_, n) => !lines.Contains(n)),
            };

        PacketEvidence With(int n, string line) =>
            _packet.Evidence() with
            {
                Ledger = [.. _packet.Lines[..n], line, .. _packet.Lines[(n + 1)..]],
            };
    }

    [Fact]
    public void Messages_contain_no_terminal_control_characters()
    {
        var manifest = _packet.Manifest with { Packet = "\u001B[2J\u202Epacket" };
        _packet.Manifest = manifest;
        var sentences = PacketVerification
            .Check(_packet.Evidence() with { Files = [new("\u001B]0;x\u0007", 1, "")] })
            .Select(check => check.Sentence);
        Assert.All(sentences, sentence => Assert.DoesNotContain(sentence, c => char.IsControl(c) || !char.IsAscii(c)));
    }

    private Manifest WithCounts(PacketCounts counts) =>
        _packet.Manifest with
        {
            Counts = new Dictionary<string, PacketCounts> { ["GB"] = counts },
        };

    private void Bent(string subject, Manifest manifest) =>
        AssertOnlyFailure(
            subject,
            _packet.Evidence() with
            {
                Manifest = manifest.ToJson(),
                ManifestJws = _packet.Sign(manifest.ToJson()),
            }
        );

    /// <summary>
    /// That check fails and the others do not, which shows that the checks are independent. The
    /// container, which is around all files, has tests of its own.
    /// </summary>
    private static void AssertOnlyFailure(string subject, PacketEvidence evidence)
    {
        var checks = PacketVerification.Check(evidence);
        Assert.Equal(
            [subject],
            checks
                .Where(check => check.Result == CheckResult.False && check.Subject != "container")
                .Select(check => check.Subject)
                .Distinct()
        );
        Assert.Equal(1, PacketVerification.ExitCode(checks));
    }
}
