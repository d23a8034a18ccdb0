using Campaigns.Crypto;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Files;
using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Db.Subscribers;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Signatures;

/// <summary>
/// The database does what <see cref="SignatureLifecycle"/> says: every act on a stored signature of
/// every phase. The import of a line has its own tests (LedgerImportTests).
/// </summary>
public sealed class StoredLifecycleTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;
    private int _signers;

    public static TheoryData<SignatureAct> Acts =>
        [.. Enum.GetValues<SignatureAct>().Where(act => act != SignatureAct.ImportLine)];

    public async Task InitializeAsync() => _fixture = await new CampaignFixture(minBatch: 1).StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Theory]
    [MemberData(nameof(Acts))]
    public async Task Database_does_what_the_table_says(SignatureAct act)
    {
        foreach (var phase in Enum.GetValues<SignaturePhase>())
        {
            // These requests do not find the row: it has no address.
            if (act is SignatureAct.SignAgain or SignatureAct.RequestLink && phase >= SignaturePhase.Withdrawn)
                continue;
            if (act is SignatureAct.SignAgain or SignatureAct.RequestLink && phase == SignaturePhase.Cleared)
                continue;
            var email = $"signer{++_signers}@example.org";
            var id = await StoreAsync(phase, email);
            if (act == SignatureAct.EndTerm && phase == SignaturePhase.Confirmed)
                await _fixture.SealAllAsync();
            var before = Read(id);
            Assert.Equal(phase, before.Phase);
            var refusal = await RunAsync(act, phase, id, email);
            var after = Read(id);
            var transition = SignatureLifecycle.Find(phase, act);
            var next = transition.Next(phase);
            var cell = $"{act} of {phase}";

            // The line of a confirmed signature is sealed later.
            var expected =
                act == SignatureAct.ReadReceipt && phase == SignaturePhase.Confirmed
                    ? Refusal.NotYetSealed
                    : transition.Refusal;
            Assert.True(refusal == expected, $"{cell}: {refusal?.Code}");
            Assert.True(next == after.Phase, $"{cell}: {after.Phase}");
            Assert.True(
                Moved(before.Counts, after.Counts, phase.Bucket(), next.Bucket()),
                $"{cell}: {before.Counts} {after.Counts}"
            );
            var queued = transition.Ledger(phase) switch
            {
                LedgerEffect.Add => before.Adds + 1,
                LedgerEffect.Remove when phase != SignaturePhase.Cleared => before.Adds - 1,
                _ => before.Adds,
            };
            Assert.True(queued == after.Adds, $"{cell}: {before.Adds} adds, then {after.Adds}");
            Assert.True(
                transition.Address switch
                {
                    SignerAddress.Kept => before.HasAddress,
                    SignerAddress.Restored => 1,
                    _ => 0,
                } == after.HasAddress,
                $"{cell}: address {after.HasAddress}"
            );
            if (transition.Data == SignerData.Cleared)
                Assert.True(after is { HasData: 0, Letters: 0, Consents: 0 }, cell);
            else
                Assert.True(before.HasData == after.HasData, cell);
            if (transition.Letter is { } kind)
                Assert.True(after.NewestLetter == kind && after.Letters == before.Letters + 1, cell);
            else if (transition.Data != SignerData.Cleared)
                Assert.True(after.Letters == before.Letters, cell);
            Assert.Equal(act == SignatureAct.NotMe && transition.ChangesRow, Suppressed() > 0);
            await ExecuteAsync("DELETE FROM suppressions", id);
        }
    }

    private static bool Moved(string before, string after, string from, string to)
    {
        var counts = Parse(before);
        counts[from] = counts.GetValueOrDefault(from) - 1;
        counts[to] = counts.GetValueOrDefault(to) + 1;
        var now = Parse(after);
        return SignatureState.Buckets.All(bucket => counts.GetValueOrDefault(bucket) == now.GetValueOrDefault(bucket));

        static Dictionary<string, int> Parse(string text) =>
            text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(count => count.Split('='))
                .ToDictionary(
                    count => count[0],
                    count => int.Parse(count[1], System.Globalization.CultureInfo.InvariantCulture),
                    StringComparer.Ordinal
                );
    }

    /// <summary>Stores a signature and brings it into the phase.</summary>
    private async Task<long> StoreAsync(SignaturePhase phase, string email)
    {
        await SignAsync(email);
        var id = _fixture.Query(connection => connection.QuerySingle<long>("SELECT max(id) FROM signatures"));
        if (phase.IsOnHold())
            await HoldAsync(id);
        if (phase >= SignaturePhase.Confirmed && phase != SignaturePhase.Expired)
            Assert.Null(await RunAsync(SignatureAct.Confirm, SignaturePhase.Pending, id, email));
        SignatureAct? act = phase switch
        {
            SignaturePhase.Cleared => SignatureAct.EndTerm,
            SignaturePhase.Invalidated => SignatureAct.Invalidate,
            SignaturePhase.Withdrawn => SignatureAct.Withdraw,
            SignaturePhase.Expired => SignatureAct.Expire,
            SignaturePhase.Erased => SignatureAct.Erase,
            SignaturePhase.BulkInvalidated or SignaturePhase.BulkInvalidatedOnHold => SignatureAct.BulkInvalidate,
            _ => null,
        };
        if (phase == SignaturePhase.Cleared)
            await _fixture.SealAllAsync();
        if (act is { } last)
            Assert.Null(await RunAsync(last, SignaturePhase.Pending, id, email));
        return id;
    }

    private async Task<Refusal?> RunAsync(SignatureAct act, SignaturePhase phase, long id, string email)
    {
        var mine = _fixture.Get<MySignatureStore>();
        var confirmations = _fixture.Get<ConfirmationStore>();
        var moderation = _fixture.Get<ModerationStore>();
        var campaign = _fixture.Campaign;
        switch (act)
        {
            case SignatureAct.SignAgain:
                return await SignAsync(email);
            case SignatureAct.RequestLink:
                var address = EmailAddress.Parse(email).Address!;
                await _fixture.Get<SigningStore>().SendManageLinkAsync(campaign, address, null);
                return null;
            case SignatureAct.Confirm:
                return (await confirmations.ConfirmAsync(Link(LinkPurpose.Confirm))).Refusal;
            case SignatureAct.ChangeUpdates:
                return (await mine.ChangeAsync(Link(LinkPurpose.Manage), new(null, true))).Refusal;
            case SignatureAct.RaiseDisclosure:
                return (await mine.ChangeAsync(Link(LinkPurpose.Manage), new(Disclosure.Name, null))).Refusal;
            case SignatureAct.LowerDisclosure:
                return (await mine.ChangeAsync(Link(LinkPurpose.Manage), new(Disclosure.Count, null))).Refusal;
            case SignatureAct.CorrectPerson:
                var correction = new SignatureChange(Name: new ChangedText("Kari Corrected"));
                return (await mine.ChangeAsync(Link(LinkPurpose.Manage), correction)).Refusal;
            case SignatureAct.ReadReceipt:
                return mine.FindReceipt(Link(LinkPurpose.Manage)).Refusal;
            case SignatureAct.Withdraw:
                return await mine.WithdrawAsync(Link(LinkPurpose.Manage));
            case SignatureAct.Erase when phase is SignaturePhase.Cleared or SignaturePhase.Expired:
                // The link is dead; the journal of a restored backup still erases.
                Assert.Equal(Refusal.NotSignedIn, await mine.EraseAsync(Link(LinkPurpose.Manage)));
                return await ReplayAsync(id);
            case SignatureAct.Erase when phase == SignaturePhase.Erased:
                Assert.Equal(Refusal.NotSignedIn, await mine.EraseAsync(Link(LinkPurpose.Manage)));
                return null;
            case SignatureAct.Erase:
                return await mine.EraseAsync(Link(LinkPurpose.Manage));
            case SignatureAct.NotMe:
                return await _fixture.Get<NotMeStore>().RunAsync(Link(LinkPurpose.NotMe));
            case SignatureAct.Resend:
                return await _fixture.Get<StaffSignatureStore>().ResendAsync(campaign, id, Actor.Operator);
            case SignatureAct.Release:
                return await moderation.ReleaseAsync(campaign, id, Actor.Operator);
            case SignatureAct.Invalidate:
                return await moderation.InvalidateAsync(campaign, id, "copied", Actor.Operator);
            case SignatureAct.InvalidateError:
                return await moderation.InvalidateAsync(campaign, id, SignatureLifecycle.Error, Actor.Operator);
            case SignatureAct.BulkInvalidate
            or SignatureAct.UndoConfirmed
            or SignatureAct.UndoUnconfirmed
            or SignatureAct.EndUndo:
                return await BulkActs.RunAsync(_fixture, act, id);
            case SignatureAct.Expire:
                await ExecuteAsync("UPDATE signatures SET confirm_expires_at = 0 WHERE id = @id", id);
                await ExecuteAsync("UPDATE letters SET state = 'sent' WHERE signature_id = @id", id);
                await _fixture.Get<ExpiryStore>().ExpireAsync(campaign.Id, [id], default);
                return null;
            case SignatureAct.EndTerm:
                await _fixture.Get<RetentionStore>().EraseAsync(campaign.Id, [id], default);
                return null;
            default:
                throw new ArgumentOutOfRangeException(nameof(act));
        }

        string Link(LinkPurpose purpose) => _fixture.Link(purpose, id);
    }

    private Task<Refusal?> SignAsync(string email) =>
        _fixture
            .Get<SigningStore>()
            .SignAsync(
                _fixture.Campaign,
                new NewSignature(
                    "Kari Nordmann",
                    EmailAddress.Parse(email).Address!,
                    "GB",
                    null,
                    "en",
                    Disclosure.Initials,
                    false,
                    _fixture.Campaign.Text("en").Hash
                ),
                null
            );

    private Task HoldAsync(long id) =>
        _fixture.Database.Writes.RunAsync(write =>
        {
            write.Count(_fixture.Campaign.Id, "GB", SignatureState.Pending, -1);
            write.Count(_fixture.Campaign.Id, "GB", SignatureState.Held, 1);
            return write.Connection.Execute("UPDATE signatures SET hold_reason = 'network' WHERE id = @id", new { id });
        });

    private async Task<Refusal?> ReplayAsync(long id)
    {
        var entry = new JournalEntry(_fixture.Clock.UtcNow(), JournalEntry.Erase, _fixture.Campaign.Id, id);
        var (index, encryption) = (_fixture.Get<KeyRing>().BlindIndex, _fixture.Get<SignatureEncryption>());
        var subscriptions = _fixture.Get<SignerSubscriptions>();
        await _fixture.Database.Writes.RunAsync(write =>
            SignatureTransitions.ReplayPending(write, [entry], index, encryption, subscriptions)
        );
        return null;
    }

    private Task ExecuteAsync(string sql, long id) =>
        _fixture.Database.Writes.RunAsync(write => write.Connection.Execute(sql, new { id }));

    private long Suppressed() =>
        _fixture.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM suppressions"));

    private StoredSignature Read(long id) =>
        _fixture.Query(connection =>
        {
            var counts = connection.Query<(string State, long Value)>(
                "SELECT state, CAST(SUM(value) AS bigint) FROM counters GROUP BY state"
            );
            var row = connection.QuerySingle<(string State, string? Hold, long? Undo, long HasData, long HasAddress)>(
                """
                SELECT state, hold_reason, undo_until, CAST(CASE WHEN contact IS NULL THEN 0 ELSE 1 END AS bigint),
                       CAST(CASE WHEN blind_index IS NULL THEN 0 ELSE 1 END AS bigint)
                FROM signatures WHERE id = @id
                """,
                new { id }
            );
            return new StoredSignature(
                SignaturePhases.From(row.State, row.Hold is not null, row.HasData != 0, row.Undo is not null),
                row.HasData,
                row.HasAddress,
                string.Join(' ', counts.Select(count => $"{count.State}={count.Value}")),
                Count("ledger_queue WHERE kind = 'add' AND signature_id = @id"),
                Count("letters WHERE signature_id = @id"),
                Count("consents WHERE signature_id = @id"),
                connection.QueryFirstOrDefault<string>(
                    "SELECT kind FROM letters WHERE signature_id = @id ORDER BY id DESC",
                    new { id }
                )
            );

            long Count(string from) => connection.QuerySingle<long>($"SELECT count(*) FROM {from}", new { id });
        });

    private sealed record StoredSignature(
        SignaturePhase Phase,
        long HasData,
        long HasAddress,
        string Counts,
        long Adds,
        long Letters,
        long Consents,
        string? NewestLetter
    );
}
