using System.Text;
using Campaigns.Letters;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Mail;
using Campaigns.Worker.Mail.Compose;

namespace Campaigns.Tests.Mail;

[Collection(nameof(Postfix))]
public sealed class PostfixTests(Postfix postfix)
{
    [Fact]
    public async Task Letter_arrives_byte_for_byte()
    {
        // Lines that begin with a dot, a line with only a dot, and letters of several scripts: what a careless
        // client loses.
        var letter = TestLetter.To("kari@example.org");
        var body =
            "Subject: dots\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
            + ".\r\n..\r\n.hidden\r\nhåp, надежда, ελπίδα\r\n\r\n.\r\nend without a line break";
        letter = letter with { Content = Encoding.UTF8.GetBytes(body) };
        await using var client = TestLetter.Client(postfix.Plain);

        Assert.Equal([new DeliveryOutcome(letter.Id, DeliveryResult.Sent, null)], await client.SendAsync(letter));

        var received = Encoding.UTF8.GetString(await postfix.ReceiveAsync("Subject: dots"));
        Assert.EndsWith(
            body[body.IndexOf("\r\n\r\n", StringComparison.Ordinal)..].ReplaceLineEndings("\n") + "\n",
            received,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Sign_in_over_STARTTLS_works_with_a_non_ASCII_password()
    {
        var letter = TestLetter.To("starttls@example.org");
        await using var client = TestLetter.Client(postfix.StartTls, Secure("starttls"));

        Assert.Equal(DeliveryResult.Sent, (await client.SendAsync(letter)).Single().Result);

        var received = Encoding.UTF8.GetString(await postfix.ReceiveAsync("starttls@example.org"));
        Assert.Contains("with ESMTPSA", received, StringComparison.Ordinal);
        Assert.Contains($"Message-ID: <{letter.Name.Public}@example.org>", received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Implicit_TLS_works()
    {
        await using var client = TestLetter.Client(postfix.Tls, options =>
        {
            options.Security = "tls";
            options.TrustedCertificate = postfix.Certificate;
        });

        Assert.Equal(
            DeliveryResult.Sent,
            (await client.SendAsync(TestLetter.To("implicit@example.org"))).Single().Result
        );
        Assert.Contains(
            "with ESMTPS ",
            Encoding.UTF8.GetString(await postfix.ReceiveAsync("implicit@example.org")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("starttls")]
    [InlineData("tls")]
    public async Task Untrusted_certificate_is_refused(string security)
    {
        await using var client = TestLetter.Client(security == "tls" ? postfix.Tls : postfix.StartTls, options =>
            options.Security = security
        );
        await AssertNotTriedAsync(client, "certificate-refused");
    }

    [Fact]
    public async Task Certificate_for_another_name_is_refused()
    {
        await using var client = TestLetter.Client(postfix.Tls, options =>
        {
            (options.Security, options.TrustedCertificate, options.Host) = ("tls", postfix.Certificate, "127.0.0.1");
        });
        await AssertNotTriedAsync(client, "certificate-refused");
    }

    [Fact]
    public async Task Wrong_password_does_not_fail_the_letter()
    {
        await using var client = TestLetter.Client(postfix.StartTls, options =>
        {
            Secure("starttls")(options);
            options.Password = "wrong";
        });
        await AssertNotTriedAsync(client, "sign-in-refused");
    }

    [Fact]
    public async Task Server_without_STARTTLS_gets_nothing_in_clear_text()
    {
        await using var client = TestLetter.Client(postfix.Plain, Secure("starttls"));
        await AssertNotTriedAsync(client, "no-starttls");
    }

    [Fact]
    public async Task Permanent_and_temporary_refusals_differ_and_the_next_letter_is_sent()
    {
        MimeLetter[] letters =
        [
            TestLetter.To("gone@example.org"),
            TestLetter.To("later@example.org"),
            TestLetter.To("refused@example.org"),
            TestLetter.To("big@example.org") with
            {
                Content = new byte[300_000],
            },
            TestLetter.To("after-refusals@example.org"),
        ];
        await using var client = TestLetter.Client(postfix.Plain);

        Assert.Equal(
            [
                new(letters[0].Id, DeliveryResult.Permanent, "5.1.1"),
                new(letters[1].Id, DeliveryResult.Temporary, "4.2.1"),
                new(letters[2].Id, DeliveryResult.Permanent, "5.7.1"),
                new(letters[3].Id, DeliveryResult.Permanent, "5.3.4"),
                new(letters[4].Id, DeliveryResult.Sent, null),
            ],
            await client.SendAsync(letters)
        );
        await postfix.ReceiveAsync("after-refusals@example.org");
    }

    [Fact]
    public async Task International_addresses_arrive_unchanged()
    {
        await using var client = TestLetter.Client(postfix.Plain);

        var deliveries = await client.SendAsync(
            TestLetter.To("kåre@example.org"),
            TestLetter.To("Per.Blå@blåbær.example"),
            TestLetter.To("Ola@blåbær.example")
        );

        Assert.All(deliveries, delivery => Assert.Equal(DeliveryResult.Sent, delivery.Result));
        await postfix.ReceiveAsync("To: <kåre@example.org>");
        await postfix.ReceiveAsync("To: <Per.Blå@blåbær.example>");
        await postfix.ReceiveAsync("To: <Ola@xn--blbr-roah.example>");
    }

    [Fact]
    public async Task Bounce_names_the_letter_and_quotes_only_its_header()
    {
        var letter = TestLetter.To("bounced@example.org", "Words of the body.");
        await using var client = TestLetter.Client(postfix.Plain);

        Assert.Equal(DeliveryResult.Sent, (await client.SendAsync(letter)).Single().Result);

        var bounce = Encoding.UTF8.GetString(await postfix.ReceiveAsync($"Original-Envelope-Id: {letter.Name.Public}"));
        Assert.Contains("Action: failed", bounce, StringComparison.Ordinal);
        Assert.Contains("Status: 5.7.1", bounce, StringComparison.Ordinal);
        Assert.DoesNotContain("Words of the body.", bounce, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_letters_use_one_connection_without_delays()
    {
        var letters = Enumerable.Range(0, 200).Select(n => TestLetter.To($"many-{n}@example.org")).ToArray();
        await using var client = TestLetter.Client(postfix.Plain);
        var started = TimeProvider.System.GetTimestamp();

        var deliveries = await client.SendAsync(letters);

        Assert.Equal(letters.Select(letter => new DeliveryOutcome(letter.Id, DeliveryResult.Sent, null)), deliveries);
        // With Nagle's algorithm each letter would take at least 40 ms.
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task Unreachable_server_fails_no_letter()
    {
        await using var client = TestLetter.Client(Postfix.FreePort());
        await AssertNotTriedAsync(client, "cannot-connect");
    }

    private Action<MailOptions> Secure(string security) =>
        options =>
            (options.Security, options.TrustedCertificate, options.User, options.Password) = (
                security,
                postfix.Certificate,
                Postfix.User,
                Postfix.Password
            );

    private static async Task AssertNotTriedAsync(IMailServer client, string word)
    {
        MimeLetter[] letters = [TestLetter.To("one@example.org"), TestLetter.To("two@example.org")];
        Assert.Equal(
            letters.Select(letter => new DeliveryOutcome(letter.Id, DeliveryResult.NotTried, word)),
            await client.SendAsync(letters)
        );
    }
}
