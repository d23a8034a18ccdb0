using System.Security.Cryptography;
using System.Text;
using Campaigns.Letters;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Mail;

namespace Campaigns.Tests.Mail;

public sealed class SmtpAuthenticationTests : IDisposable
{
    private const string User = "user";
    private const string Password = "påss";

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-token-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", "LOGIN PLAIN SCRAM-SHA-1 SCRAM-SHA-256", "AUTH SCRAM-SHA-256 ")]
    [InlineData("", "LOGIN PLAIN SCRAM-SHA-1", "AUTH SCRAM-SHA-1 ")]
    [InlineData("", "LOGIN PLAIN CRAM-MD5", "AUTH PLAIN ")]
    [InlineData("", "LOGIN NTLM", "AUTH LOGIN")]
    [InlineData("plain", "LOGIN PLAIN SCRAM-SHA-1 SCRAM-SHA-256", "AUTH PLAIN ")]
    [InlineData("login", "LOGIN PLAIN SCRAM-SHA-1 SCRAM-SHA-256", "AUTH LOGIN")]
    [InlineData("scram-sha-1", "LOGIN PLAIN SCRAM-SHA-1 SCRAM-SHA-256", "AUTH SCRAM-SHA-1 ")]
    public async Task Sign_in_uses_the_setting_or_the_strongest_mechanism_offered(
        string setting,
        string offered,
        string command
    )
    {
        using var server = Offering(offered);
        var is256 = command.Contains("256", StringComparison.Ordinal);
        var scram = new ScramServer(is256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1, User, Password);
        server.Answer = line => Accept(line, scram);
        var outcome = await SendOneAsync(server, options => options.Authentication = setting);
        Assert.Equal((DeliveryResult.Sent, null), outcome);
        Assert.Contains(server.Commands, line => line.StartsWith(command, StringComparison.Ordinal));
        Assert.Single(server.Commands, IsSignIn);
    }

    [Fact]
    public async Task Sign_in_tries_no_mechanism_other_than_the_setting()
    {
        using var server = Offering("LOGIN PLAIN");
        var outcome = await SendOneAsync(server, options => options.Authentication = "scram-sha-256");
        Assert.Equal((DeliveryResult.NotTried, "no-sign-in"), outcome);
        Assert.DoesNotContain(server.Commands, IsSignIn);
    }

    [Fact]
    public async Task SCRAM_server_that_cannot_prove_itself_gets_no_letter()
    {
        using var server = Offering("SCRAM-SHA-256");
        var scram = new ScramServer(HashAlgorithmName.SHA256, User, Password)
        {
            Signature = _ => Convert.ToBase64String(new byte[32]),
        };
        server.Answer = line => Accept(line, scram);
        Assert.Equal((DeliveryResult.NotTried, "sign-in-refused"), await SendOneAsync(server));

        // The server omits its proof.
        server.Answer = line => IsSignIn(line) ? scram.Answer(line) : "235 2.7.0 welcome";
        Assert.Equal((DeliveryResult.NotTried, "sign-in-refused"), await SendOneAsync(server));
        Assert.Empty(server.Letters);
    }

    [Theory]
    [InlineData("334 ====")]
    [InlineData("334 cj1hLHI9YSxyPWE=")]
    [InlineData("334 cz0hLHI9YSxpPXg=")]
    public async Task Malformed_SCRAM_challenge_is_a_refused_sign_in(string challenge)
    {
        using var server = Offering("SCRAM-SHA-256");
        server.Answer = line => IsSignIn(line) ? challenge : "501 what";
        Assert.Equal((DeliveryResult.NotTried, "sign-in-refused"), await SendOneAsync(server));
    }

    [Fact]
    public async Task XOAUTH2_reads_the_token_for_each_connection()
    {
        using var server = Offering("PLAIN XOAUTH2");
        await WriteTokenAsync("first.token");
        Assert.Equal((DeliveryResult.Sent, null), await SendOneAsync(server, WithToken));
        await WriteTokenAsync("second.token\n");
        Assert.Equal((DeliveryResult.Sent, null), await SendOneAsync(server, WithToken));
        Assert.Equal([Bearer("first.token"), Bearer("second.token")], server.Commands.Where(IsSignIn));
    }

    [Fact]
    public async Task XOAUTH2_refusal_ends_the_sign_in()
    {
        using var server = Offering("XOAUTH2");
        server.Answer = line => IsSignIn(line) ? "334 eyJzdGF0dXMiOiI0MDEifQ==" : "535 5.7.8 expired";
        await WriteTokenAsync("old.token");
        Assert.Equal((DeliveryResult.NotTried, "sign-in-refused"), await SendOneAsync(server, WithToken));
    }

    [Theory]
    [InlineData(null, UnixFileMode.UserRead)]
    [InlineData(" \n", UnixFileMode.UserRead)]
    [InlineData("two words", UnixFileMode.UserRead)]
    [InlineData("token\r\nRSET", UnixFileMode.UserRead)]
    [InlineData("token", UnixFileMode.UserRead | UnixFileMode.OtherRead)]
    public async Task XOAUTH2_without_private_token_file_postpones_letters(string? token, UnixFileMode mode)
    {
        using var server = Offering("XOAUTH2");
        if (token is not null)
            await WriteTokenAsync(token, mode);
        Assert.Equal((DeliveryResult.NotTried, "no-token"), await SendOneAsync(server, WithToken));
        Assert.DoesNotContain(server.Commands, IsSignIn);
    }

    private string TokenFile => Path.Combine(_folder, "token");

    private void WithToken(MailOptions options) => (options.Authentication, options.TokenFile) = ("xoauth2", TokenFile);

    private static bool IsSignIn(string line) => line.StartsWith("AUTH", StringComparison.Ordinal);

    private async Task WriteTokenAsync(string token, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        await File.WriteAllTextAsync(TokenFile, token);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(TokenFile, mode);
    }

    private static string Bearer(string token)
    {
        var message = $"user={User}\u0001auth=Bearer {token}\u0001\u0001";
        return $"AUTH XOAUTH2 {Convert.ToBase64String(Encoding.ASCII.GetBytes(message))}";
    }

    private static ScriptedServer Offering(string mechanisms) =>
        new()
        {
            Hello = $"250-scripted\r\n250 AUTH {mechanisms}",
            Answer = line =>
                IsSignIn(line) ? "235 2.7.0 welcome"
                : line == "DATA" ? "354 go on"
                : "250 ok",
        };

    // Accepts one account by every mechanism.
    private static string Accept(string line, ScramServer scram) =>
        line switch
        {
            "AUTH LOGIN" => "334 VXNlcm5hbWU6",
            "dXNlcg==" => "334 UGFzc3dvcmQ6",
            "cMOlc3M=" or "AUTH PLAIN AHVzZXIAcMOlc3M=" => "235 2.7.0 welcome",
            "DATA" => "354 go on",
            ['M', 'A', 'I', 'L', ..] or ['R', 'C', 'P', 'T', ..] or "QUIT" => "250 ok",
            _ => scram.Answer(line) ?? "535 5.7.8 no",
        };

    private static async Task<(DeliveryResult Result, string? Status)> SendOneAsync(
        ScriptedServer server,
        Action<MailOptions>? change = null
    )
    {
        await using var client = TestLetter.Client(
            server.Port,
            options =>
            {
                (options.User, options.Password) = (User, Password);
                change?.Invoke(options);
            },
            TestLetter.Short
        );
        var outcome = (await client.SendAsync(TestLetter.To("kari@example.org"))).Single();
        return (outcome.Result, outcome.Status);
    }
}
