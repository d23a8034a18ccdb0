using System.Text.RegularExpressions;
using Campaigns.Tests.Running;

namespace Campaigns.Tests.Letters;

[Collection(nameof(Postfix))]
public sealed class SmtpEndToEndTests(Postfix postfix)
{
    [Fact]
    public async Task A_signature_is_confirmed_by_the_link_that_came_through_a_real_mail_server()
    {
        await using var server = await CampaignServer.StartAsync(
            null, "--Mail:Transport=smtp", "--Mail:Host=localhost", $"--Mail:Port={postfix.StartTls}", "--Mail:Security=starttls", $"--Mail:User={Postfix.User}",
            $"--Mail:Password={Postfix.Password}", $"--Mail:TrustedCertificate={postfix.Certificate}", "--Mail:From=Ønsker <petitions@example.org>");
        var slug = await server.OpenCampaignAsync();
        await server.SignAsync(slug, CampaignServer.Signature("Kåre.Nordmann@example.org", locale: "nb"));

        var letter = await ParsedLetter.ReadAsync(await postfix.ReceiveAsync("Kåre.Nordmann@example.org"));

        Assert.Equal("Ønsker", letter.FromName);
        Assert.Equal("Bekreft underskriften din", letter.Headers["Subject"]);
        Assert.DoesNotContain("Kari", letter.Text + letter.Html, StringComparison.Ordinal);
        var token = Regex.Match(letter.Text, "/confirm/(\\S+)").Groups[1].Value;
        await server.ConfirmAsync(token);
        var thanks = await ParsedLetter.ReadAsync(await postfix.ReceiveAsync("/my/"));
        Assert.Contains("Tusen takk", thanks.Text, StringComparison.Ordinal);
    }
}
