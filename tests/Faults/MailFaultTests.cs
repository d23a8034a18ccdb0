using System.Text.RegularExpressions;
using Campaigns.Letters;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Mail;
using Campaigns.Worker.Mail.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Campaigns.Tests.Faults;

/// <summary>
/// A mail server that accepts the connection, or the letter, and then stops answering.
/// </summary>
public sealed class MailFaultTests : IDisposable
{
    private static readonly TimeSpan _moment = TimeSpan.FromSeconds(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-mail-").FullName;
    private readonly MachineClock _machine = MachineClock.Running();
    private readonly ScriptedServer _mail = new();
    private int _read;

    public void Dispose()
    {
        _mail.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Hanging_mail_server_blocks_neither_signing_nor_later_delivery()
    {
        await using var server = await StartAsync(TestLetter.Short, _moment / 2);
        var slug = await server.OpenCampaignAsync();
        using var staff = await server.StaffAsync();
        var acknowledged = new AcknowledgedSignatures();
        var load = new SigningLoad(Unread, acknowledged, slug);
        await load.RunUntilConfirmedAsync(server.Http);
        await server.WaitForMailAsync();

        // The current session ends after a letter was handed over, and no other begins.
        _mail.AfterDot = _ => ScriptedServer.Silence;
        _mail.Greeting = ScriptedServer.Silence;
        var (people, confirmed, sealedBefore) = (
            acknowledged.People.Count,
            acknowledged.Confirmed.Count,
            server.Query<long>("SELECT count(*) FROM ledger_entries")
        );
        await load.RunAsync(server.Http, _moment * 2);
        await CampaignServer.UntilAsync(
            async () => (await MissingAsync(server)).Contains("mail", StringComparison.Ordinal),
            "readiness does not report the mail server"
        );
        await load.RunUntilSignedAsync(server.Http);
        Assert.True(acknowledged.People.Count > people);
        if (acknowledged.Confirmed.Count > confirmed)
            await CampaignServer.UntilAsync(
                () => server.Query<long>("SELECT count(*) FROM ledger_entries") > sealedBefore,
                "sealing is blocked by the mail server"
            );
        Assert.Equal([200, 202], load.Statuses.Keys.Order());

        _mail.Greeting = "220 scripted";
        _mail.AfterDot = _ => "250 2.0.0 taken";
        await CampaignServer.UntilAsync(
            async () => (await MissingAsync(server)).Length == 0,
            "the server does not become ready"
        );
        await CampaignServer.UntilAsync(
            () =>
                Task.FromResult(
                    server.Query<long>("SELECT count(*) FROM letters WHERE state = 'queued' AND failure IS NULL") == 0
                ),
            "letters are still queued"
        );
        // Letters handed over without a reply are retried once, after a quarter of an hour.
        var unknown = server.Query<long>("SELECT count(*) FROM letters WHERE failure = 'unknown'");
        await server.WriteAsync("UPDATE letters SET due_at = 0 WHERE state = 'queued' AND failure = 'unknown'");
        await acknowledged.AssertNothingLostAsync(
            _folder,
            server.Http,
            staff.DefaultRequestHeaders.Authorization!.Parameter!,
            slug
        );
        var ids = _mail
            .Letters.Select(letter => Regex.Match(letter, "Message-ID: <([0-9a-f]+)@").Groups[1].Value)
            .CountBy(id => id)
            .ToList();
        // A letter whose link was used before its delivery was recorded is marked as cancelled.
        Assert.Equal(
            server.Query<long>("SELECT count(*) FROM letters WHERE state = 'sent' OR failure = 'not-pending'"),
            ids.Count
        );
        Assert.InRange(ids.Count(pair => pair.Value > 1), 0, unknown);
        Assert.All(ids, pair => Assert.InRange(pair.Value, 1, 2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hanging_mail_server_does_not_delay_shutdown(bool atTheDoor)
    {
        if (atTheDoor)
            _mail.Greeting = ScriptedServer.Silence;
        else
            _mail.AfterDot = _ => ScriptedServer.Silence;
        // With the timeouts of the RFC shutdown would take minutes.
        var server = await StartAsync(new SmtpTimeouts { Stop = _moment }, TimeSpan.FromMinutes(1));
        await server.SignAsync(await server.OpenCampaignAsync(), CampaignServer.Signature("waits@example.org"));
        await CampaignServer.UntilAsync(
            () => atTheDoor ? _mail.Connections > 0 : !_mail.Letters.IsEmpty,
            "no session with the mail server began"
        );
        await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        // The letter is not lost. If it was not handed over it is still due; otherwise it is retried once.
        using var database = DatabaseUnderTest.Open(_folder);
        var (state, failure) = Dapper.SqlMapper.QuerySingle<(string, string?)>(
            database,
            "SELECT state, failure FROM letters"
        );
        Assert.Equal((LetterState.Queued, atTheDoor ? null : LetterState.Unknown), (state, failure));
    }

    private List<Letter> Unread()
    {
        List<Letter> letters = [.. _mail.Letters.Skip(_read).Select(letter => new Letter("", letter))];
        _read += letters.Count;
        return letters;
    }

    private Task<CampaignServer> StartAsync(SmtpTimeouts timeouts, TimeSpan silence) =>
        CampaignServer.StartOnAsync(
            _machine,
            _folder,
            services =>
                services
                    .Replace(ServiceDescriptor.Singleton(timeouts))
                    .Replace(
                        ServiceDescriptor.Singleton(provider => new MailCircuitBreaker(
                            provider.GetRequiredService<TimeProvider>()
                        )
                        {
                            MaxSilence = silence,
                        })
                    ),
            "--Mail:Transport=smtp",
            "--Mail:Host=127.0.0.1",
            $"--Mail:Port={_mail.Port}",
            "--Mail:Security=none",
            "--Mail:From=petitions@example.org",
            "--Limits:Enabled=false"
        );

    private static async Task<string> MissingAsync(CampaignServer server) =>
        string.Join(
            ' ',
            (await (await server.Http.GetAsync("/healthz/ready")).BodyAsync())["missing"]!
                .AsObject()
                .Select(missing => missing.Key)
        );
}
