using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography.Pkcs;
using Campaigns.Crypto;
using Campaigns.Packets;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker;
using Campaigns.Worker.Packets.Seal;
using Microsoft.Extensions.Options;

namespace Campaigns.Tests.Stores.Packets;

/// <summary>
/// The ZIP of a packet as a container (ASiC-E), checked by OpenSSL and other programs.
/// </summary>
#pragma warning disable CA1001 // Disposed of by DisposeAsync.
public sealed class ContainerTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private readonly PacketFixture _fixture = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("container-").FullName;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _fixture.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task OpenSSL_accepts_the_signature_by_the_certificate_of_the_installation()
    {
        await BuildAsync();
        Run("openssl", "cms -cmsout -inform DER -in META-INF/signature001.p7s -print -noout -certsout seal.pem");
        Assert.Contains("Verification successful", Verify("-CAfile seal.pem"), StringComparison.Ordinal);
        var printed = Run("openssl", "x509 -in seal.pem -noout -text");
        Assert.Contains("CA:FALSE", printed, StringComparison.Ordinal);
        Assert.Contains("9999", printed, StringComparison.Ordinal);
        var attributes = Run("openssl", "cms -cmsout -inform DER -in META-INF/signature001.p7s -print");
        foreach (var attribute in (string[])["signingTime", "id-smime-aa-signingCertificateV2", "messageDigest"])
            Assert.Contains(attribute, attributes, StringComparison.Ordinal);
        File.AppendAllText(Path.Combine(_folder, AsicContainer.ManifestName), " ");
        Assert.DoesNotContain("successful", Verify("-CAfile seal.pem", fails: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_of_a_signing_key_is_always_the_same()
    {
        await _fixture.StartAsync();
        var before = Certificate();
        await _fixture.RestartAsync();
        Assert.Equal(before, Certificate());

        byte[] Certificate()
        {
            using var seal = SealCertificate.Of(_fixture.Get<Campaigns.Db.Keys.KeyRing>().CurrentSigning);
            return seal.Certificate.RawData;
        }
    }

    [Theory]
    [InlineData("rsa:2048")]
    [InlineData("ec -pkeyopt ec_paramgen_curve:P-384")]
    public async Task Certificate_of_the_organisation_signs_where_it_is_set(string key)
    {
        Run("openssl", "req -x509 -newkey rsa:2048 -nodes -days 9999 -subj /CN=Issuer -keyout ca.key -out ca.pem");
        Run("openssl", $"req -newkey {key} -nodes -subj /CN=Organisation -keyout own.key -out own.csr");
        Run("openssl", "x509 -req -in own.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 9999 -out own.pem");
        Run("openssl", "pkcs12 -export -in own.pem -inkey own.key -certfile ca.pem -passout pass:secret -out own.p12");
        _fixture.Settings["SealCertificate"] = Path.Combine(_folder, "own.p12");
        _fixture.Settings["SealPassword"] = "secret";
        var id = await BuildAsync();
        Assert.Contains("Verification successful", Verify("-CAfile ca.pem"), StringComparison.Ordinal);
        Assert.Contains(
            "fingerprint",
            File.ReadAllText(Path.Combine(_folder, "READ-ME.txt")),
            StringComparison.Ordinal
        );
        var (zip, keys) = (Path.Combine(_folder, "packet.zip"), Path.Combine(_folder, "keys.json"));
        File.WriteAllBytes(zip, _fixture.Zip(id));
        File.WriteAllBytes(keys, _fixture.PublishedKeys());
        foreach (
            var (certificate, mark) in (KeyValuePair<string, string>[])
                [new("ca.pem", "true"), new("own.pem", "true"), new("", "not checked")]
        )
        {
            using var output = new StringWriter();
            string[] trusted = certificate.Length == 0 ? [] : ["--certificate", Path.Combine(_folder, certificate)];
            string[] arguments = ["verify", zip, "--keys", keys, .. trusted];
            Assert.Equal(2, await Campaigns.Api.Commands.CommandLine.RunAsync(arguments, output, TextWriter.Null));
            Assert.Contains($"{mark,-12} container", output.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("SealCertificate", "none.p12", "Packets:SealCertificate")]
    [InlineData("TimestampUrl", "stamps", "Packets:TimestampUrl")]
    [InlineData("TimestampUrl", "ftp://stamps", "Packets:TimestampUrl")]
    public void Unusable_settings_refuse_the_start(string setting, string value, string named)
    {
        _fixture.Settings[setting] = value;
        var error = Assert.Throws<OptionsValidationException>(() => _fixture.Get<IOptions<SealOptions>>().Value);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Time_stamp_of_the_server_is_on_the_signature()
    {
        using var server = new TimestampServer(Path.Combine(_folder, "tsa"));
        _fixture.Settings["TimestampUrl"] = server.Url;
        var id = await BuildAsync();
        var cms = new SignedCms();
        cms.Decode(File.ReadAllBytes(Path.Combine(_folder, AsicContainer.SignatureName)));
        var signer = cms.SignerInfos[0];
        var token = signer.UnsignedAttributes[0].Values[0].RawData;
        File.WriteAllBytes(Path.Combine(_folder, "token"), token);
        File.WriteAllBytes(Path.Combine(_folder, "value"), signer.GetSignature());
        Assert.Contains(
            "Verification: OK",
            Run("openssl", $"ts -verify -data value -in token -token_in -CAfile {server.Certificate}"),
            StringComparison.Ordinal
        );
        Run("openssl", "cms -cmsout -inform DER -in META-INF/signature001.p7s -print -noout -certsout seal.pem");
        Assert.Contains("Verification successful", Verify("-CAfile seal.pem"), StringComparison.Ordinal);
        Assert.Contains("time-stamped", Container(id).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Packet_is_built_without_a_time_stamp_when_the_server_gives_none()
    {
        _fixture.Settings["TimestampUrl"] = $"http://127.0.0.1:{TestPorts.Next()}/";
        var id = await BuildAsync();
        Assert.Equal(CheckResult.True, Container(id).Result);
        Assert.Contains("without a time-stamp", Container(id).Sentence, StringComparison.Ordinal);
        Assert.Contains(_fixture.Log.Lines, line => line.Event.Id == WorkerLog.TimestampFailedEvent.Id);
    }

    [Fact]
    public async Task Programs_for_archives_read_the_container()
    {
        await _fixture.StartAsync();
        var zip = Path.Combine(_folder, "packet.zip");
        await _fixture.ConfirmPersonAsync("Kari Nordmann");
        File.WriteAllBytes(zip, _fixture.Zip(await _fixture.BuildAsync()));
        var start = File.ReadAllBytes(zip).AsSpan(0, 69);
        Assert.Equal("mimetype" + AsicContainer.MimeType, System.Text.Encoding.ASCII.GetString(start[30..]));
        Assert.Contains("No errors", Run("unzip", "-t packet.zip"), StringComparison.Ordinal);
        Assert.Contains("Done", Run("python3", "-m zipfile -t packet.zip"), StringComparison.Ordinal);
        foreach (
            var (program, arguments) in (KeyValuePair<string, string>[])
                [new("7z", "t packet.zip"), new("bsdtar", "-tf packet.zip")]
        )
            if (Path.Exists($"/usr/bin/{program}"))
                Run(program, arguments);
    }

    private PacketCheck Container(long id) =>
        PacketVerification
            .Check(
                Campaigns.Api.Commands.PacketZip.Read(
                    _fixture.Packets.OpenFile(id)!.Stream,
                    JwkSet.Parse(_fixture.PublishedKeys()),
                    null,
                    trusted: null
                )
            )
            .Single(check => check.Subject == "container");

    // Builds a packet and unpacks it.
    private async Task<long> BuildAsync()
    {
        await _fixture.StartAsync();
        await _fixture.ConfirmPersonAsync("Kari Nordmann");
        var id = await _fixture.BuildAsync();
        using var zip = new ZipArchive(_fixture.Packets.OpenFile(id)!.Stream, ZipArchiveMode.Read);
        zip.ExtractToDirectory(_folder);
        return id;
    }

    private string Verify(string trust, bool fails = false) =>
        Run(
            "openssl",
            "cms -verify -binary -inform DER -in META-INF/signature001.p7s -content META-INF/ASiCManifest001.xml "
                + $"-out {Path.Combine(_folder, "signed")} {trust}",
            fails
        );

    private string Run(string program, string arguments, bool fails = false)
    {
        var start = new ProcessStartInfo(program, arguments.Split(' ')) { WorkingDirectory = _folder };
        var (code, output, errors) = Task.Run(() => Command.RunAsync(start)).GetAwaiter().GetResult();
        Assert.True(code == 0 != fails, $"{program} ends with {code}: {errors} {output}");
        return output + errors;
    }
}
