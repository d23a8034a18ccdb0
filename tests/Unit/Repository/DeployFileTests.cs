using System.Text.Json;
using System.Text.RegularExpressions;
using Campaigns.Db;
using Campaigns.Tests.Http.Server;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Unit.Repository;

/// <summary>The files of <c>docs/deploy</c>, which operators copy.</summary>
public sealed partial class DeployFileTests
{
    private static readonly string _docs = Path.Combine(InstallationRoot.Find().Path, "docs");
    private static readonly string _deploy = Path.Combine(_docs, "deploy");

    [Fact]
    public void Every_unit_writes_no_core_dump()
    {
        var units = Directory
            .EnumerateFiles(_deploy)
            .Append(Path.Combine(_docs, "operating.md"))
            .Select(file => (Name: Path.GetFileName(file), Text: File.ReadAllText(file)))
            // A unit, or a part of one; a target starts no process.
            .Where(file => Unit().IsMatch(file.Text) && !file.Name.EndsWith(".target", StringComparison.Ordinal))
            .ToList();
        Assert.True(units.Count >= 4, "The units are not found.");
        Assert.All(units, unit => Assert.Matches(@"(?m)^LimitCORE=0$", unit.Text));
    }

    [Fact]
    public void Board_and_alerts_name_measures_that_exist()
    {
        var board = File.ReadAllText(Path.Combine(_deploy, "grafana.json"));
        using var parsed = JsonDocument.Parse(board);
        var alerts = File.ReadAllText(Path.Combine(_deploy, "alerts.yml"));
        var named = Measure().Matches(board + alerts).Select(match => match.Value).Distinct().ToList();
        Assert.True(named.Count > 10, "The measures are not found.");
        var known = TelemetryTests.Names.Select(name =>
            name.TrimEnd('{').Replace("_count", "", StringComparison.Ordinal)
        );
        Assert.Empty(named.Select(name => Suffix().Replace(name, "")).Except(known));
    }

    [Fact]
    public void Nginx_accepts_the_configuration()
    {
        var folder = Directory.CreateTempSubdirectory("campaign-nginx-").FullName;
        try
        {
            var key = Path.Combine(folder, "key.pem");
            var certificate = Path.Combine(folder, "fullchain.pem");
            Command.Run(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=localhost",
                "-keyout",
                key,
                "-out",
                certificate
            );
            var configuration = Path.Combine(folder, "nginx.conf");
            File.WriteAllText(
                configuration,
                File.ReadAllText(Path.Combine(_deploy, "nginx.conf"))
                    .Replace("/etc/campaign/tls", folder, StringComparison.Ordinal)
                    .Replace("/var/log/nginx", folder, StringComparison.Ordinal)
                    .Replace("/run/nginx.pid", Path.Combine(folder, "pid"), StringComparison.Ordinal)
            );
            Nginx.AssertAccepts(configuration);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex("campaign_[a-z_]+")]
    private static partial Regex Measure();

    [GeneratedRegex("_(bucket|count|sum)$")]
    private static partial Regex Suffix();

    [GeneratedRegex(@"(?m)^\[(Unit|Service)\]$")]
    private static partial Regex Unit();
}
