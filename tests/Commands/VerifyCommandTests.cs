using System.IO.Compression;
using System.Text;
using Campaigns.Api.Commands;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Commands;

public sealed class VerifyCommandTests : IDisposable
{
    private readonly SamplePacket _packet = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("verify-").FullName;

    public VerifyCommandTests()
    {
        File.WriteAllBytes(Keys, _packet.Keys.ToJson());
        File.WriteAllLines(Ledger, _packet.Lines);
    }

    private string Zip => Path.Combine(_folder, "packet.zip");
    private string Keys => Path.Combine(_folder, "keys.json");
    private string Ledger => Path.Combine(_folder, "ledger.ndjson");

    public void Dispose()
    {
        _packet.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Genuine_packet_is_true_and_missing_evidence_is_not_checked()
    {
        Write(_packet.Files);
        Assert.Equal(0, Run(out var all, Zip, "--keys", Keys, "--ledger", Ledger));
        Assert.Equal(7, all.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(0, Run(out _, $"--ledger={Ledger}", $"--keys={Keys}", Zip));
        Assert.Equal(2, Run(out var noKeys, Zip, "--ledger", Ledger));
        Assert.Contains("not checked  signature", noKeys, StringComparison.Ordinal);
        Assert.Contains("not checked  container", noKeys, StringComparison.Ordinal);
        Assert.Equal(2, Run(out var noLedger, Zip, "--keys", Keys));
        Assert.Contains("not checked  ledger", noLedger, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Independent_checker_gives_the_same_result()
    {
        Write(_packet.Files);
        Assert.Equal(
            (0, "All is true.\n"),
            await PythonChecker.RunAsync("check_packet.py", Zip, "--keys", Keys, "--ledger", Ledger)
        );
        Assert.Equal(2, (await PythonChecker.RunAsync("check_packet.py", Zip, "--ledger", Ledger)).Code);

        var name = _packet.Files.Keys.First();
        Write(_packet.Files.Skip(1).Append(new(name, [.. _packet.Files[name].Select(b => (byte)(b ^ 1))])));
        Assert.Equal(
            (1, $"FALSE: {name} is not what is listed.\n"),
            await PythonChecker.RunAsync("check_packet.py", Zip, "--keys", Keys, "--ledger", Ledger)
        );

        Write(_packet.Files);
        File.WriteAllLines(Ledger, _packet.Lines.Skip(1));
        Assert.Equal(
            1,
            (await PythonChecker.RunAsync("check_packet.py", Zip, "--keys", Keys, "--ledger", Ledger)).Code
        );
    }

    [Fact]
    public void Recompressed_packet_passes()
    {
        Write(_packet.Files, CompressionLevel.SmallestSize);
        Assert.Equal(0, Run(out _, Zip, "--keys", Keys, "--ledger", Ledger));
    }

    [Fact]
    public void Any_changed_byte_of_a_packet_is_detected()
    {
        Write(_packet.Files);
        var whole = File.ReadAllBytes(Zip);
        using var zip = new MemoryStream(whole);
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Read))
        {
            foreach (var entry in archive.Entries)
            {
                using var stream = entry.Open();
                using var contents = new MemoryStream();
                stream.CopyTo(contents);
                var at = whole.AsSpan().IndexOf(contents.ToArray()) + (int)(contents.Length / 2);
                var changed = whole.ToArray();
                changed[at] ^= 1;
                File.WriteAllBytes(Zip, changed);
                Assert.True(
                    Run(out _, Zip, "--keys", Keys, "--ledger", Ledger) == 1,
                    $"A changed byte in {entry.FullName} went unnoticed."
                );
            }
        }
    }

    [Fact]
    public void Missing_unlisted_duplicate_and_folder_entries_fail()
    {
        Write(_packet.Files.Skip(1));
        Assert.Equal(1, Run(out _, Zip, "--keys", Keys, "--ledger", Ledger));
        Write(_packet.Files.Append(new("more.txt", [1])));
        Assert.Equal(1, Run(out _, Zip, "--keys", Keys, "--ledger", Ledger));
        Write(_packet.Files.Append(new("folder/", [])));
        Assert.Equal(1, Run(out _, Zip, "--keys", Keys, "--ledger", Ledger));
        Write(_packet.Files.Append(_packet.Files.First()));
        Assert.Equal(1, Run(out _, Zip, "--keys", Keys, "--ledger", Ledger));
        Write(_packet.Files.Append(new(Manifest.FileName, [1])));
        Assert.Equal(1, Run(out var text, Zip, "--keys", Keys, "--ledger", Ledger));
        Assert.Contains("more than once", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Decompression_bomb_is_not_unpacked()
    {
        // A listed file that expands a thousandfold, an unlisted one, and a manifest that lists more than the
        // file can contain.
        var name = _packet.Files.Keys.Last();
        Write(_packet.Files.SkipLast(1).Append(new(name, new byte[200_000_000])), CompressionLevel.SmallestSize);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Equal(1, Run(out _, Zip, "--keys", Keys, "--ledger", Ledger));
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 20_000_000);

        _packet.Manifest = _packet.Manifest with
        {
            Files = [.. _packet.Manifest.Files, new("zeros.bin", 900_000_000_000, new string('0', 64))],
        };
        Write(_packet.Files);
        Assert.Equal(1, Run(out var text, Zip));
        Assert.Contains("far more than the file can hold", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_files_get_a_clear_message()
    {
        File.WriteAllText(Zip, "PK, but no ZIP");
        Assert.Equal(1, Run(out var noZip, Zip, "--keys", Keys));
        Assert.StartsWith("This file is not a packet", noZip, StringComparison.Ordinal);
        Assert.Equal(2, Run(out var missing, Path.Combine(_folder, "none.zip")));
        Assert.StartsWith("A file cannot be read", missing, StringComparison.Ordinal);
        Write(_packet.Files);
        Assert.Equal(2, Run(out _, Zip, "--keys", Keys, "--ledger", Path.Combine(_folder, "none")));
        File.WriteAllText(Keys, "[]");
        Assert.Equal(2, Run(out var noKeys, Zip, "--keys", Keys, "--ledger", Ledger));
        Assert.Contains("not a JSON Web Key set", noKeys, StringComparison.Ordinal);
        using (var empty = ZipFile.Open(Path.Combine(_folder, "empty.zip"), ZipArchiveMode.Create)) { }
        Assert.Equal(1, Run(out _, Path.Combine(_folder, "empty.zip")));
    }

    [Theory]
    [InlineData]
    [InlineData("--keys")]
    [InlineData("a.zip", "b.zip")]
    [InlineData("a.zip", "--keys")]
    [InlineData("a.zip", "--what", "x")]
    public void Unknown_arguments_are_refused(params string[] arguments) => Assert.Equal(2, Run(out _, arguments));

    private static int Run(out string text, params string[] arguments)
    {
        using var output = new StringWriter();
        var code = CommandLine.RunAsync(["verify", .. arguments], output, TextWriter.Null).GetAwaiter().GetResult();
        text = output.ToString();
        return code;
    }

    private void Write(
        IEnumerable<KeyValuePair<string, byte[]>> files,
        CompressionLevel level = CompressionLevel.NoCompression
    )
    {
        File.Delete(Zip);
        using var archive = ZipFile.Open(Zip, ZipArchiveMode.Create);
        var manifest = _packet.Manifest.ToJson();
        List<KeyValuePair<string, byte[]>> all =
        [
            .. files,
            new(Manifest.FileName, manifest),
            new(Manifest.SignatureFileName, Encoding.ASCII.GetBytes(_packet.Sign(manifest))),
        ];
        foreach (var (name, bytes) in _packet.Container(all).Concat(all))
        {
            using var entry = archive.CreateEntry(name, level).Open();
            entry.Write(bytes);
        }
    }
}
