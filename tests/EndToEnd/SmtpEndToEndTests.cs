using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Campaigns.Tests.Http.Jobs;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.EndToEnd;

[Collection(nameof(Postfix))]
public sealed class SmtpEndToEndTests(Postfix postfix)
{
    [Fact]
    public async Task Link_sent_through_a_real_mail_server_confirms()
    {
        await using var server = await StartAsync();
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

    [Fact]
    public async Task Letter_that_a_real_mail_server_returns_suppresses_its_mailbox()
    {
        await using var server = await StartAsync();
        var slug = await server.OpenCampaignAsync();
        await server.SignAsync(slug, CampaignServer.Signature("vanished@example.org"));
        await server.WaitForMailAsync();
        var returned = await postfix.ReceiveAsync("Final-Recipient: rfc822; vanished@example.org");

        using var content = new ByteArrayContent(returned);
        content.Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
        await CampaignServer.UntilAsync(
            async () =>
                (await server.Http.PostAsync(new Uri("/api/hooks/bounces", UriKind.Relative), content)).StatusCode
                == HttpStatusCode.OK,
            "the report is taken"
        );
        Assert.Equal("failed 5.1.1", server.Query<string>("SELECT state || ' ' || failure FROM letters"));
        Assert.Equal("bounced", server.Query<string>("SELECT reason FROM suppressions"));
    }

    [Fact]
    public async Task Fifty_letters_and_a_packet_run_as_jobs_with_a_real_mail_server()
    {
        await using var server = await StartAsync();
        var slug = await server.OpenCampaignAsync();
        var addresses = Enumerable.Range(0, 50).Select(n => $"fifty{n}@example.org").ToList();
        await Task.WhenAll(addresses.Select(address => server.SignAsync(slug, CampaignServer.Signature(address))));
        await server.WaitForMailAsync();
        Assert.Equal(50, server.Query<long>("SELECT count(*) FROM letters WHERE state = 'sent' AND attempt = 1"));
        var received = new List<byte[]>();
        foreach (var address in addresses)
            received.Add(await postfix.ReceiveAsync(address));

        var letter = await ParsedLetter.ReadAsync(received[0]);
        await server.ConfirmAsync(Regex.Match(letter.Text, "/confirm/(\\S+)").Groups[1].Value);
        using var staff = await server.StaffAsync();
        var packet = await PacketOrders.OrderAsync(staff, slug);
        await PacketOrders.ReadyAsync(staff, packet);
        var board = JobBoardApi.Of(server);
        await CampaignServer.UntilAsync(
            () =>
                board
                    .SucceededJobs(0, 100)
                    .Select(job => job.Value.Job.Type.Name)
                    .Distinct()
                    .Order(StringComparer.Ordinal)
                    .SequenceEqual(["LetterJobs", "PacketJobs", "ScheduledJobs"]),
            "letters, packet and schedule are not on the board"
        );
        Assert.Equal(0, board.FailedCount());
    }

    private Task<CampaignServer> StartAsync() =>
        CampaignServer.StartAsync(
            null,
            "--Mail:Transport=smtp",
            "--Mail:Host=localhost",
            $"--Mail:Port={postfix.StartTls}",
            "--Mail:Security=starttls",
            $"--Mail:User={Postfix.User}",
            $"--Mail:Password={Postfix.Password}",
            $"--Mail:TrustedCertificate={postfix.Certificate}",
            "--Mail:From=Ønsker <petitions@example.org>",
            "--Mail:BounceAddress=bounces@example.org",
            "--Limits:Enabled=false"
        );
}
