using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Campaigns.Crypto;
using Campaigns.Db;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Letters;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Mail.Reports;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Hooks;

/// <summary>Reports of providers and mail servers, in their documented formats.</summary>
public sealed class BounceHookTests : IAsyncLifetime, IDisposable
{
    private const string Topic = "arn:aws:sns:eu-west-1:123456789012:bounces";
    private const string MailgunKey = "key-of-a-test";
    private const string PostmarkSecret = "secret-of-a-test";
    private const string Address = "kari@example.org";

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-hooks-").FullName;
    private readonly RSA _key = RSA.Create(2048);
    private CampaignServer _server = null!;

    public async Task InitializeAsync()
    {
        var request = new CertificateRequest("CN=sns", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
        var file = Path.Combine(_folder, "sns.pem");
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem());
        _server = await CampaignServer.StartAsync(
            null,
            "--Mail:BounceAddress=bounces@example.org",
            $"--Mail:Hooks:SnsTopic={Topic}",
            $"--Mail:Hooks:SnsCertificate={file}",
            $"--Mail:Hooks:MailgunSecret={MailgunKey}",
            $"--Mail:Hooks:PostmarkSecret={PostmarkSecret}"
        );
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Report_of_a_mail_server_counts_for_the_letter_of_its_address()
    {
        var tag = await SignAsync();
        await PostAsync(401, Report("bounces+" + new string('a', LetterTag.TextLength) + "@example.org", "failed"));
        await PostAsync(401, Report("petitions@example.org", "failed"));
        await PostAsync(401, Report($"bounces+{tag}@example.com", "failed"));
        await PostAsync(200, Report($"bounces+{tag}@example.org", "delayed"));
        Assert.Equal("sent", State());
        await PostAsync(200, Report($"Bounces+{tag.ToUpperInvariant()}@example.org", "failed"));
        Assert.Equal("failed", State());
        Assert.Equal(1, Suppressions());
    }

    [Fact]
    public async Task Notification_of_amazon_needs_its_signature_and_our_topic_and_counts_once()
    {
        var message = JsonSerializer.Serialize(
            new
            {
                notificationType = "Bounce",
                bounce = new
                {
                    bounceType = "Permanent",
                    bounceSubType = "General",
                    bouncedRecipients = new[]
                    {
                        new
                        {
                            // The server of the recipient may report any address; ours is the destination.
                            emailAddress = "another@example.org",
                            action = "failed",
                            status = "5.2.1",
                        },
                    },
                    timestamp = "2019-05-17T09:00:00.000Z",
                    feedbackId = "id",
                },
                mail = new { source = "petitions@example.org", destination = new[] { Address } },
            }
        );
        var notification = Sns("Notification", message);
        await PostJsonAsync(401, notification.Replace("5.2.1", "5.1.2", StringComparison.Ordinal), "text/plain");
        await PostJsonAsync(401, Sns("Notification", message, topic: Topic + "-of-another"), "text/plain");
        await PostJsonAsync(401, Sns("Notification", message, at: DateTimeOffset.UtcNow.AddHours(-2)), "text/plain");
        await PostJsonAsync(401, Sns("Notification", message, version: "1"), "text/plain");
        Assert.Equal(0, Refused());
        await PostJsonAsync(200, notification, "text/plain");
        Assert.Equal(1, Refused());
        var found = _server.Services.GetRequiredService<SuppressionStore>();
        Assert.Single(await found.FindAsync(EmailAddress.Parse(Address).Address!, Actor.Operator));
        await PostJsonAsync(401, notification, "text/plain");
    }

    [Theory]
    [InlineData("""{"SigningCertURL":"x","SignatureVersion":"\ud800"}""")]
    [InlineData("""{"event-data":{},"signature":{"timestamp":"\ud800","token":"\ud800","signature":"\ud800"}}""")]
    public Task Half_a_character_is_no_proof(string body) => PostJsonAsync(401, body);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Report_of_more_than_512_KB_is_refused(bool saysItsLength)
    {
        using var body = new ByteArrayContent(new byte[(512 * 1024) + 1]);
        body.Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/hooks/bounces") { Content = body };
        request.Headers.TransferEncodingChunked = !saysItsLength;
        await (await _server.Http.SendAsync(request)).ProblemAsync(413, "body-too-large");
    }

    [Fact]
    public async Task Subscription_of_a_topic_is_written_into_a_private_file_for_an_operator()
    {
        await PostJsonAsync(200, Sns("SubscriptionConfirmation", "You have chosen to subscribe."), "text/plain");
        var note = await File.ReadAllTextAsync(Path.Combine(_server.Folder, "sns-subscription.txt"));
        Assert.Equal("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc\n", note);
    }

    [Theory]
    [InlineData("https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem", true)]
    [InlineData("http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem", false)]
    [InlineData("https://sns.eu-west-1.amazonaws.com/other.pem", false)]
    [InlineData("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0a.pem", false)]
    [InlineData("https://sns.eu-west-1.amazonaws.com.example.org/SimpleNotificationService-0a.pem", false)]
    [InlineData("https://example.org/sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a.pem", false)]
    [InlineData("https://sns.eu-west-1.amazonaws.com@example.org/SimpleNotificationService-0a.pem", false)]
    [InlineData("https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-0a.pem", false)]
    [InlineData("https://sns.s3.amazonaws.com/SimpleNotificationService-0a.pem", false)]
    [InlineData("https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-0a.pem", false)]
    [InlineData("https://bucket.s3.amazonaws.com/SimpleNotificationService-0a.pem", false)]
    public void Certificate_is_fetched_from_the_topic_region_of_amazon_alone(string url, bool isAmazon) =>
        Assert.Equal(isAmazon, SnsCertificates.IsAmazon(url, "arn:aws:sns:eu-west-1:123456789012:bounces"));

    [Fact]
    public async Task Webhook_of_mailgun_needs_its_signature_within_five_minutes_and_counts_once()
    {
        var now = DateTimeOffset.UtcNow;
        await PostJsonAsync(401, Mailgun(now, "token-1", key: "another-key"));
        await PostJsonAsync(401, Mailgun(now.AddMinutes(-6), "token-2"));
        await PostJsonAsync(401, Mailgun(now, "token-3").Replace("token-3", "token-4", StringComparison.Ordinal));
        Assert.Equal(0, Refused());
        await PostJsonAsync(200, Mailgun(now, "token-5"));
        await PostJsonAsync(401, Mailgun(now, "token-5"));
        Assert.Equal(1, Refused());
        await PostJsonAsync(200, Mailgun(now, "token-6", severity: "temporary"));
        await PostJsonAsync(200, Mailgun(now, "token-7", type: "delivered"));
        Assert.Equal(1, Refused());
    }

    [Fact]
    public async Task Webhook_of_postmark_needs_its_secret()
    {
        var tag = await SignAsync();
        Assert.NotEmpty(tag);
        const string bounce = $$"""
            {"RecordType":"Bounce","ID":42,"Type":"HardBounce","TypeCode":1,"Email":"{{Address}}",
             "Details":"smtp;550 5.1.1 The email account does not exist.","BouncedAt":"2019-05-17T09:00:00Z"}
            """;
        await PostJsonAsync(401, bounce);
        await PostJsonAsync(401, bounce, secret: "another");
        Assert.Equal(0, Refused());
        await PostJsonAsync(200, bounce, secret: PostmarkSecret);
        await PostJsonAsync(401, bounce, secret: PostmarkSecret);
        Assert.Equal(1, Refused());
        await PostJsonAsync(
            200,
            $$"""{"RecordType":"SpamComplaint","ID":43,"Type":"SpamComplaint","Email":"{{Address}}"}""",
            secret: PostmarkSecret
        );
        Assert.Equal(1, _server.Query<long>("SELECT count(*) FROM refused_mailboxes WHERE complained_at IS NOT NULL"));
    }

    [Fact]
    public async Task Other_bodies_are_refused()
    {
        await PostJsonAsync(401, "{}");
        await PostJsonAsync(401, "no json");
        await PostJsonAsync(415, "a,b", "text/csv");
        await PostJsonAsync(413, new string(' ', 600_000));
    }

    [Fact]
    public async Task Hooks_that_no_setting_switches_on_are_not_found()
    {
        await using var server = await CampaignServer.StartAsync();
        foreach (
            var (body, type) in ((string, string)[])
                [
                    (Report("bounces@example.org", "failed"), "message/rfc822"),
                    (Sns("Notification", "{}"), "text/plain"),
                    (Mailgun(DateTimeOffset.UtcNow, "token"), "application/json"),
                    ("""{"RecordType":"Bounce"}""", "application/json"),
                ]
        )
            await CampaignServer.Expect(
                404,
                await server.Http.PostAsync(
                    new Uri("/api/hooks/bounces", UriKind.Relative),
                    new StringContent(body, new MediaTypeHeaderValue(type))
                )
            );
    }

    private async Task<string> SignAsync()
    {
        var slug = await _server.OpenCampaignAsync();
        await _server.SignAsync(slug, CampaignServer.Signature(Address));
        await _server.WaitForMailAsync();
        var id = _server.Query<long>("SELECT id FROM letters");
        return _server
            .Services.GetRequiredService<Database>()
            .Keys.Tokens.WriteLetterTag(new LetterTag(LetterOutbox.People, id));
    }

    private string State() => _server.Query<string>("SELECT state FROM letters");

    private long Refused() => _server.Query<long>("SELECT count(*) FROM refused_mailboxes");

    private long Suppressions() => _server.Query<long>("SELECT count(*) FROM suppressions");

    private static string Report(string to, string action) => HookReports.Report(to, action);

    private string Sns(
        string type,
        string message,
        string topic = Topic,
        DateTimeOffset? at = null,
        string version = "2"
    ) => HookReports.Sns(_key, type, message, topic, at, version);

    private static string Mailgun(
        DateTimeOffset at,
        string token,
        string key = MailgunKey,
        string type = "failed",
        string severity = "permanent"
    ) => HookReports.Mailgun(at, token, Address, key, type, severity);

    private Task PostAsync(int status, string report) => PostJsonAsync(status, report, "message/rfc822");

    private async Task PostJsonAsync(int status, string body, string type = "application/json", string? secret = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/hooks/bounces")
        {
            Content = new StringContent(body, new MediaTypeHeaderValue(type)),
        };
        if (secret is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes($"postmark:{secret}"))
            );
        using var answer = await CampaignServer.Expect(status, await _server.Http.SendAsync(request));
        if (status == 401)
            Assert.Contains("hook-not-signed", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
