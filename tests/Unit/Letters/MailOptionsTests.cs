using Campaigns.Db;
using Campaigns.Worker.Mail;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace Campaigns.Tests.Unit.Letters;

public sealed class MailOptionsTests
{
    [Theory]
    [InlineData("Production", "", "Mail:Transport is not set")]
    [InlineData("Development", "", null)]
    [InlineData("Production", "Transport=folder", null)]
    [InlineData("Production", "Transport=pigeon", "Mail:Transport must be")]
    [InlineData("Production", "Transport=smtp", "Mail:Host is not set")]
    [InlineData("Production", "Transport=smtp;Host=mail.example.org", null)]
    [InlineData("Production", "Transport=smtp;Host=mail.example.org;Security=ssl", "Mail:Security must be")]
    [InlineData("Production", "Transport=smtp;Host=mail.example.org;Port=0", "Mail:Port must be")]
    [InlineData(
        "Production",
        "Transport=smtp;Host=mail.example.org;TrustedCertificate=nowhere.pem",
        "Mail:TrustedCertificate must name"
    )]
    [InlineData(
        "Production",
        "Transport=smtp;Host=mail.example.org;Security=none;User=us",
        "Mail:User and Mail:Password would cross"
    )]
    [InlineData("Production", "Transport=smtp;Host=127.0.0.1;Security=none;User=us", null)]
    [InlineData("Production", "Transport=smtp;Host=mail.example.org;User=us;Authentication=scram-sha-256", null)]
    [InlineData(
        "Production",
        "Transport=smtp;Host=mail.example.org;User=us;Authentication=ntlm",
        "Mail:Authentication must be"
    )]
    [InlineData(
        "Production",
        "Transport=smtp;Host=mail.example.org;Authentication=plain",
        "Mail:Authentication is set, and Mail:User"
    )]
    [InlineData("Production", "Transport=smtp;Host=mail.example.org;User=us;TokenFile=token", "Mail:TokenFile is for")]
    [InlineData(
        "Production",
        "Transport=smtp;Host=mail.example.org;User=us;Authentication=xoauth2",
        "Mail:TokenFile must name"
    )]
    [InlineData(
        "Production",
        "Transport=smtp;Host=mail.example.org;User=us;Authentication=xoauth2;TokenFile=nowhere",
        "Mail:TokenFile must name"
    )]
    [InlineData(
        "Production",
        "Transport=smtp;Host=mail.example.org;User=ås;Authentication=xoauth2;TokenFile=token",
        "Mail:User must have only ASCII"
    )]
    [InlineData(
        "Production",
        "Transport=smtp;Host=mail.example.org;Security=none;User=us;Authentication=scram-sha-1",
        "Mail:User and Mail:Password would cross"
    )]
    [InlineData("Production", "Transport=folder;From=no-address", "Mail:From must be one address")]
    [InlineData("Production", "Transport=folder;From=a@example.org, b@example.org", "Mail:From must be one address")]
    [InlineData("Production", "Transport=folder;From=kåre@example.org", "Mail:From must have only ASCII")]
    public void Start_names_a_wrong_setting(string environment, string settings, string? refusal)
    {
        var options = new MailOptions();
        foreach (var setting in settings.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (setting.Split('=')[0], setting.Split('=')[1]);
            var property = typeof(MailOptions).GetProperty(name)!;
            property.SetValue(
                options,
                Convert.ChangeType(value, property.PropertyType, System.Globalization.CultureInfo.InvariantCulture)
            );
        }
        var rules = new MailOptionsRules(new Environment(environment), new InstallationRoot(Path.GetTempPath()));
        rules.PostConfigure(null, options);
        var result = rules.Validate(null, options);
        if (refusal is null)
            Assert.True(result.Succeeded, result.FailureMessage);
        else
            Assert.StartsWith(refusal, result.FailureMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://petitions.example.org/", "https://petitions.example.org")]
    [InlineData("https://example.org/petitions/", "https://example.org/petitions")]
    [InlineData("", "http://localhost:5080")]
    [InlineData("petitions.example.org", null)]
    [InlineData("ftp://example.org", null)]
    [InlineData("https://example.org/?a=b", "a query")]
    [InlineData("https://example.org/#a", "a query or a fragment")]
    [InlineData("https://kari@example.org", "a user")]
    [InlineData("https://kari:secret@example.org/petitions", "a user or a password")]
    [InlineData("https://example.org//petitions", "an empty part")]
    public void Start_requires_a_web_address_for_links(string setting, string? expected)
    {
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager { ["PublicUrl"] = setting };
        if (expected?.StartsWith("http", StringComparison.Ordinal) == true)
        {
            Assert.Equal(expected, Worker.PublicAddress.From(configuration).Url);
            return;
        }
        var refused = Assert.Throws<StartRefusedException>(() => Worker.PublicAddress.From(configuration));
        Assert.Contains(expected ?? "must be a web address", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    private sealed class Environment(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;
        public string ApplicationName { get; set; } = "test";
        public string ContentRootPath { get; set; } = "";
        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
