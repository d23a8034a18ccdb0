using System.Diagnostics.Metrics;
using Campaigns.Db.Counts;
using Campaigns.Db.Engine;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker;
using Campaigns.Worker.Counts;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Tests.Stores.Counts;

public sealed class RecountJobTests : IAsyncLifetime
{
    private CampaignFixture _campaign = null!;

    public async Task InitializeAsync() => _campaign = await new CampaignFixture().StartAsync();

    public async Task DisposeAsync() => await _campaign.DisposeAsync();

    [Fact]
    public async Task Recount_finds_no_drift_in_correct_counters()
    {
        var ids = await _campaign.ConfirmManyAsync(4);
        await _campaign.SignAsync("pending@example.org", "FR");
        await _campaign.WithdrawAsync(ids[0]);
        await _campaign.EraseAsync(ids[1]);
        _campaign.Clock.Advance(TimeSpan.FromDays(1));
        await _campaign.ConfirmAsync("tomorrow@example.org", "NL");

        await RunAsync();

        Assert.Equal(0, Stored());
        Assert.False(_campaign.Get<CountStore>().HasDrift());
        Assert.DoesNotContain(_campaign.Log.Lines, line => line.Event == WorkerLog.CountsDriftedEvent);
    }

    [Fact]
    public async Task Recount_reads_every_page_of_rows()
    {
        // Slightly more than two pages.
        await _campaign.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                """
                WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 40010)
                INSERT INTO signatures (id, campaign_id, state, country) SELECT n, @Id, 'pending', 'GB' FROM numbers
                """,
                new { _campaign.Campaign.Id }
            )
        );
        await _campaign.Database.Writes.RunAsync(write =>
        {
            write.Count(_campaign.Campaign.Id, "GB", SignatureState.Pending, 40_010);
            for (var id = 1; id <= 40_010; id++)
                write.CountStep(SigningStep.Signature, _campaign.Campaign.Id, Ids.Moment(id), "GB", MailProvider.Other);
            return true;
        });
        await RunAsync();
        Assert.Equal(0, Stored());
        await _campaign.Database.Writes.RunAsync(write =>
            write.Connection.Execute("DELETE FROM signatures WHERE id IN (1, 20001, 40001, 40010)")
        );
        await RunAsync();
        // Each is missing in its bucket and in its hour.
        Assert.Equal(8, Stored());
    }

    [Theory]
    [InlineData("UPDATE counters SET value = value + 2 WHERE state = 'confirmed' AND value > 0", 2)]
    [InlineData("UPDATE counters_by_day SET value = value - 1 WHERE value > 0", 1)]
    [InlineData("DELETE FROM signatures WHERE state = 'pending'", 2)]
    [InlineData("UPDATE counters_by_hour SET confirmed = confirmed + 2 WHERE confirmed > 0", 2)]
    // The hour has too many, and more than its providers have.
    [InlineData("UPDATE counters_by_hour SET signed = signed + 1", 2)]
    [InlineData("UPDATE counters_by_provider SET pressed = pressed + 3 WHERE provider = 'unknown'", 3)]
    [InlineData(
        """
            INSERT INTO counters (campaign_id, country, state, writer, value)
            SELECT campaign_id, 'SE', 'held', 7, 1 FROM counters LIMIT 1
            """,
        1
    )]
    public async Task Drift_is_stored_logged_measured_and_found_again(string damage, long expected)
    {
        await _campaign.ConfirmAsync("kari@example.org");
        await _campaign.SignAsync("pending@example.org");
        await _campaign.Database.Writes.RunAsync(write => write.Connection.Execute(damage));
        var measured = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "campaign.drift")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => measured = Math.Max(measured, value));
        listener.Start();

        await RunAsync();
        await RunAsync();

        Assert.Equal((expected, true), (Stored(), _campaign.Get<CountStore>().HasDrift()));
        Assert.True(measured >= expected);
        Assert.Equal(
            2,
            _campaign.Log.Lines.Count(line =>
                line.Event == WorkerLog.CountsDriftedEvent && line.Level == LogLevel.Error
            )
        );
    }

    [Theory]
    // Four defects: a counted signature without a queued line, a line without a signature, a line that loses its
    // signature, and a withdrawal without a queued removal.
    [InlineData("DELETE FROM ledger_queue WHERE kind = 'add'", 1)]
    [InlineData("UPDATE ledger_queue SET signature_id = 7 WHERE kind = 'add'", 2)]
    [InlineData("UPDATE ledger_entries SET signature_id = NULL WHERE removed = 0", 1)]
    [InlineData("DELETE FROM ledger_queue WHERE kind = 'remove'", 1)]
    public async Task Ledger_that_disagrees_with_the_rows_is_drift(string damage, long expected)
    {
        await _campaign.ConfirmAsync("sealed@example.org");
        var withdrawn = await _campaign.ConfirmAsync("withdrawn@example.org");
        await _campaign.SealAllAsync();
        await _campaign.WithdrawAsync(withdrawn);
        await _campaign.ConfirmAsync("queued@example.org");
        await RunAsync();
        Assert.Equal(0, Stored());

        await _campaign.Database.Writes.RunAsync(write => write.Connection.Execute(damage));
        await RunAsync();
        Assert.Equal((expected, true), (Stored(), _campaign.Get<CountStore>().HasDrift()));
    }

    private async Task RunAsync()
    {
        using var logs = LoggerFactory.Create(builder => builder.AddProvider(_campaign.Log));
        await new RecountJob(_campaign.Get<RecountStore>(), logs.CreateLogger<RecountJob>()).RunAsync(default);
    }

    private long Stored() => _campaign.Query(connection => connection.QuerySingle<long>("SELECT drift FROM recounts"));
}
