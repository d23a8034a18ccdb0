using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Campaigns.Checks;
using Campaigns.Tests.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Campaigns.Tests.Commands.Doctor;

/// <summary>Checks of the public address, each with a proxy that is set up wrongly.</summary>
public sealed class WebCheckTests : IAsyncLifetime
{
    private CampaignServer _server = null!;

    private string Target => _server.Url.GetLeftPart(UriPartial.Authority);

    public async Task InitializeAsync() => _server = await CampaignServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Address_of_another_installation_is_found()
    {
        await using var other = await CampaignServer.StartAsync();
        var checkup = await Checkup.RunAsync(_server, $"--PublicUrl={other.Url}");
        checkup.AssertFails("public-address", "another installation", "DNS name of PublicUrl");
        checkup.AssertSkips("proxies", "does not reach this installation");
    }

    [Fact]
    public async Task Address_of_another_program_is_found()
    {
        await using var nginx = await Nginx.StartAsync(TestPorts.Next(), "location / { return 200 'Welcome'; }");
        var checkup = await Checkup.RunAsync(_server, $"--PublicUrl={nginx.Url}");
        checkup.AssertFails("public-address", "another program", "proxy passes requests on");
        checkup.AssertFails("security-headers", "Content-Security-Policy", "docs/deploy/nginx.conf");
    }

    [Theory]
    [InlineData("--Proxies:Known:0=127.0.0.1")]
    // Both are known, but only one hop is allowed.
    [InlineData("--Proxies:Known:0=127.0.0.1", "--Proxies:Known:1=198.51.100.0/24", "--Proxies:Hops=1")]
    public async Task Network_in_front_of_a_known_proxy_is_found(params string[] settings)
    {
        await using var server = await CampaignServer.StartAsync(null, settings);
        await using var nginx = await Nginx.StartAsync(
            TestPorts.Next(),
            $$"""
            location / {
                proxy_pass {{server.Url.GetLeftPart(UriPartial.Authority)}};
                proxy_set_header X-Forwarded-For "203.0.113.1, 198.51.100.7";
            }
            """
        );
        var checkup = await Checkup.RunAsync(server, $"--PublicUrl={nginx.Url}");
        checkup.AssertWarns("proxies", "More proxies pass requests on", "X-Forwarded-For");
    }

    [Fact]
    public async Task Proxy_that_is_not_known_is_found()
    {
        await using var nginx = await Nginx.StartAsync(
            TestPorts.Next(),
            $$"""
            location / { proxy_pass {{Target}}; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; }
            """
        );
        var checkup = await Checkup.RunAsync(_server, $"--PublicUrl={nginx.Url}");
        checkup.AssertPasses("public-address");
        checkup.AssertFails("proxies", "Proxies:Known does not name", "X-Forwarded-For");
    }

    [Fact]
    public async Task Header_that_the_proxy_removes_is_found()
    {
        await using var nginx = await Nginx.StartAsync(
            TestPorts.Next(),
            $$"""
            location / { proxy_pass {{Target}}; proxy_hide_header Content-Security-Policy; }
            """
        );
        (await Checkup.RunAsync(_server, $"--PublicUrl={nginx.Url}")).AssertFails(
            "security-headers",
            "without Content-Security-Policy",
            "docs/deploy/nginx.conf"
        );
    }

    [Fact]
    public async Task Clock_of_the_proxy_that_differs_is_found()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var late = builder.Build();
        late.MapFallback((HttpContext http) => http.Response.Headers.Date = "Thu, 01 Jan 2026 00:00:00 GMT");
        late.Urls.Add("http://127.0.0.1:0");
        await late.StartAsync();
        var checkup = await Checkup.RunAsync(_server, $"--PublicUrl={late.Urls.Single()}");
        checkup.AssertFails("clock", "the server at PublicUrl", "NTP");
    }

    [Fact]
    public async Task Certificate_that_visitors_do_not_trust_is_found()
    {
        var port = TestPorts.Next();
        var folder = Directory.CreateTempSubdirectory("campaign-certificate-").FullName;
        try
        {
            WriteSelfSigned(folder);
            await using var nginx = await Nginx.StartAsync(
                TestPorts.Next(),
                $$"""
                listen 127.0.0.1:{{port.ToString(CultureInfo.InvariantCulture)}} ssl;
                ssl_certificate {{folder}}/certificate.pem;
                ssl_certificate_key {{folder}}/key.pem;
                location / { proxy_pass {{Target}}; }
                """
            );
            var url = string.Create(CultureInfo.InvariantCulture, $"https://localhost:{port}");
            var checkup = await Checkup.RunAsync(_server, $"--PublicUrl={url}");
            checkup.AssertFails("https", "not trusted", "renew the certificate");
            checkup.AssertFails("public-address", "does not answer", "proxy");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(-1, CheckState.Fail)]
    [InlineData(13, CheckState.Warn)]
    [InlineData(15, CheckState.Pass)]
    public void Certificate_that_ends_is_found(int days, CheckState expected) =>
        Assert.Equal(expected, CheckLimits.Certificate(TimeSpan.FromDays(days)));

    [Theory, InlineData("short"), InlineData("0123456789ABCDEF0123456789ABCDEF")]
    public async Task Identity_answers_challenges_only(string challenge) =>
        Assert.Equal(404, (int)(await _server.Http.GetAsync($"/api/identity/{challenge}")).StatusCode);

    private static void WriteSelfSigned(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(Path.Combine(folder, "certificate.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }
}
