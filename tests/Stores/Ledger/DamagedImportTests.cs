using System.Text;
using Campaigns.Db.Engine;
using Campaigns.Db.Ledger;
using Campaigns.Db.Operations;
using Campaigns.Db.Signatures;
using Campaigns.Tests.Infrastructure;
using Dapper;
using LinkPurpose = Campaigns.Crypto.LinkPurpose;

namespace Campaigns.Tests.Stores.Ledger;

/// <summary>
/// An import into a database with damaged rows, and from a file that fails while it is read.
/// </summary>
public sealed class DamagedImportTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture(minBatch: 5).StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Theory]
    [InlineData("UPDATE signatures SET commitment = @short WHERE id = @spoilt", 1)]
    [InlineData("UPDATE signatures SET line_country = NULL WHERE id = @spoilt", 1)]
    [InlineData(
        """
            INSERT INTO ledger_queue (id, campaign_id, kind, country, reason, queued_at, state)
            SELECT 1, campaign_id, 'remove', 'GB', 'signer', 0, 'owed' FROM signatures WHERE id = @spoilt
            """,
        2
    )]
    public async Task Damaged_row_does_not_prevent_the_import_of_other_lines(string damage, int confirmed)
    {
        var (spoilt, whole) = (
            await _fixture.SignAsync("spoilt@example.org"),
            await _fixture.SignAsync("whole@example.org")
        );
        await _fixture.BackUpAsync();
        foreach (var id in (long[])[spoilt, whole])
            Assert.Null(
                (await _fixture.Get<ConfirmationStore>().ConfirmAsync(_fixture.Link(LinkPurpose.Confirm, id))).Refusal
            );
        await _fixture.SealAllAsync();
        var published = string.Concat(_fixture.Lines().Select(line => line + "\n"));
        await _fixture.RestoreAsync(serving: false);
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute(damage, new { spoilt, @short = new byte[3] })
        );

        var done = await _fixture
            .Get<LedgerImport>()
            .ImportAsync(_fixture.Campaign, new MemoryStream(Encoding.ASCII.GetBytes(published)));
        Assert.Equal((2, confirmed, 2 - confirmed), (done.Size, done.Confirmed, done.WithoutSignature));
        Assert.Equal(
            "confirmed",
            _fixture.Query(connection =>
                connection.QuerySingle<string>("SELECT state FROM signatures WHERE id = @whole", new { whole })
            )
        );
    }

    [Fact]
    public async Task Unreadable_file_is_refused_and_not_reported_as_a_disk_failure()
    {
        await _fixture.ConfirmAsync("early@example.org");
        var refusal = await Assert.ThrowsAsync<ImportRefusedException>(() =>
            _fixture.Get<LedgerImport>().ImportAsync(_fixture.Campaign, new Unreadable())
        );
        Assert.Contains("cannot be read", refusal.Message, StringComparison.Ordinal);
        Assert.False(_fixture.Database.Writes.FailedWithin(TimeSpan.FromMinutes(1)));
        Assert.DoesNotContain(_fixture.Log.Lines, line => line.Event == WriteQueue.StorageFailed);
    }

    private sealed class Unreadable : MemoryStream
    {
        public override int Read(Span<byte> buffer) => throw new IOException("A broken stick.");
    }
}
