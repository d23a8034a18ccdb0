using System.Data.Common;
using Campaigns.Crypto;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Engine;
using Campaigns.Db.Keys;
using Campaigns.Db.Ledger;
using Campaigns.Db.Subscribers;
using Campaigns.Ledger;
using Campaigns.Signatures;
using Campaigns.Subscribers;
using Dapper;

namespace Campaigns.Db.Signatures;

/// <summary>
/// What the signer reads and changes through the manage link. Every unusable link is refused with
/// <c>not-signed-in</c>.
/// </summary>
public sealed class MySignatureStore(
    Database database,
    SignatureEncryption encryption,
    KeyRing keys,
    CampaignStore campaigns,
    LedgerStore ledger,
    SignerSubscriptions subscriptions
)
{
    private const string EndSessions = """
        UPDATE signatures SET session_generation = session_generation + 1
        WHERE campaign_id = @CampaignId AND id = @Id
        """;

    private const string SelectSession =
        "SELECT session_generation FROM signatures WHERE campaign_id = @CampaignId AND id = @RowId";

    public Outcome<MySignature> Find(string? link)
    {
        if (!keys.Tokens.TryRead(LinkPurpose.Manage, link, out var token))
            return Refusal.NotSignedIn;
        using var connection = database.Read();
        return Usable(SignatureRow.Find(connection, token.CampaignId, token.RowId), token) is { } row
            ? View(connection, row)
            : Refusal.NotSignedIn;
    }

    public Task<Outcome<MySignature>> ChangeAsync(string? link, SignatureChange change) =>
        RunAsync<MySignature>(link, (write, row) =>
        {
            foreach (var act in ActsOf(change))
                if (SignatureLifecycle.Find(row.Phase, act).Refusal is { } refused)
                    return refused;
            if (SignerCorrection.Apply(write, row, change, encryption) is { } invalid)
                return invalid;
            var changed = SignatureRow.Find(write, row.CampaignId, row.Id)!;
            if (change.Updates is { } updates)
                SetSubscription(write, row, changed, updates);
            return View(write.Connection, changed);
        });

    /// <summary>
    /// Makes all manage links and sessions of before invalid. Returns the only token that works
    /// from now on.
    /// </summary>
    public Task<Outcome<string>> RevokeLinksAsync(string? link) => RunAsync<string>(link, (write, row) =>
        {
            var generation = EndedLinks.End(write, row);
            return keys.Tokens.Write(LinkPurpose.Manage, row.CampaignId, row.Id, (int)generation);
        });

    /// <summary>
    /// The number of the signer's sessions that a new session gets; null for an unusable link. It
    /// rises when the signer signs out.
    /// </summary>
    public long? SessionOf(string? link)
    {
        if (!keys.Tokens.TryRead(LinkPurpose.Manage, link, out var token))
            return null;
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<long?>(SelectSession, new { token.CampaignId, token.RowId });
    }

    /// <summary>Ends every session of the signer. Does nothing for an unusable link.</summary>
    public Task EndSessionsAsync(string? link) => RunAsync<bool>(link, (write, row) =>
        {
            write.Connection.Execute(EndSessions, new { row.CampaignId, row.Id });
            return true;
        });

    /// <summary>
    /// Withdraws the signature. The stored data stays visible to the signer until they erase it or
    /// the campaign's term ends. A signer who wanted updates still gets them. Repeatable.
    /// </summary>
    public async Task<Refusal?> WithdrawAsync(string? link)
    {
        var outcome = await RunAsync<bool>(link, (write, row) =>
        {
            var transition = SignatureLifecycle.Find(row.Phase, SignatureAct.Withdraw);
            if (transition.Refusal is { } refused)
                return refused;
            if (!transition.ChangesRow)
                return true;
            subscriptions.Keep(write, row);
            SignatureTransitions.Withdraw(write, row);
            return true;
        });
        return outcome.Refusal;
    }

    /// <summary>
    /// Erases all personal data, with the subscription; the link is unusable afterwards.
    /// </summary>
    public async Task<Refusal?> EraseAsync(string? link)
    {
        var outcome = await RunAsync<bool>(link, (write, row) =>
        {
            subscriptions.End(write, row, SubscriberEnd.Erased);
            Erasure.Erase(write, row);
            return true;
        });
        return outcome.Refusal;
    }

    /// <summary>
    /// The receipt that proves that the ledger includes the signature; <c>not-yet-sealed</c> before
    /// it does.
    /// </summary>
    public Outcome<Receipt> FindReceipt(string? link)
    {
        if (!keys.Tokens.TryRead(LinkPurpose.Manage, link, out var token))
            return Refusal.NotSignedIn;
        using var connection = database.Read();
        if (Usable(SignatureRow.Find(connection, token.CampaignId, token.RowId), token) is not { } row)
            return Refusal.NotSignedIn;
        if (SignatureLifecycle.Find(row.Phase, SignatureAct.ReadReceipt).Refusal is { } refused)
            return refused;
        if (row.LedgerN is not { } n)
            return Refusal.NotYetSealed;
        return ledger.FindReceipt(
            campaigns.Get(row.CampaignId),
            n,
            encryption.DecryptLedgerKey(row.Id, row.LedgerKey!),
            row.TextHash!,
            row.LineCountry!,
            encryption.DecryptContact(row.Id, row.Contact!).Normalised
        );
    }

    private async Task<Outcome<T>> RunAsync<T>(string? link, Func<WriteTransaction, SignatureRow, Outcome<T>> action)
    {
        if (!keys.Tokens.TryRead(LinkPurpose.Manage, link, out var token))
            return Refusal.NotSignedIn;
        return await database.Writes.RunAsync(write =>
            Usable(SignatureRow.Find(write, token.CampaignId, token.RowId), token) is { } row
                ? action(write, row)
                : Refusal.NotSignedIn
        );
    }

    private static SignatureRow? Usable(SignatureRow? row, Token token) =>
        row is { IsKnown: true } && row.ManageGeneration == token.Generation ? row : null;

    private static IEnumerable<SignatureAct> ActsOf(SignatureChange change)
    {
        yield return SignatureAct.ChangeUpdates;
        if (change.Disclosure is not null)
        {
            yield return SignatureAct.RaiseDisclosure;
            yield return SignatureAct.LowerDisclosure;
        }
        if (change.Name is not null || change.Locality is not null)
            yield return SignatureAct.CorrectPerson;
    }

    private void SetSubscription(WriteTransaction write, SignatureRow before, SignatureRow row, bool updates)
    {
        if (!updates)
        {
            subscriptions.End(write, row, SubscriberEnd.Unsubscribed);
            return;
        }
        // The wish of a pending signature counts once it is confirmed.
        if (row.ConfirmedAt is null)
            return;
        if (before.Updates != 0 && !subscriptions.Has(write.Connection, row))
            SignerCorrection.RenewUpdates(write, row);
        subscriptions.Subscribe(write, row);
    }

    private MySignature View(DbConnection connection, SignatureRow row)
    {
        var person = encryption.DecryptPerson(row.Id, row.Person!);
        return new MySignature
        {
            Campaign = campaigns.Get(row.CampaignId).Slug,
            State = row.State,
            Name = person.Name,
            Email = encryption.DecryptContact(row.Id, row.Contact!).Email,
            Country = row.Country,
            Locality = person.Locality,
            Locale = row.Locale!,
            Disclosure = Disclosures.Parse(row.Disclosure!),
            Updates = subscriptions.Has(connection, row),
            TextHash = row.TextHash!,
            SignedAt = Instant.FromMilliseconds(row.SignedAt!.Value),
            ConfirmedAt = row.ConfirmedAt is { } at ? Instant.FromMilliseconds(at) : null,
            LedgerEntry = row.LedgerN,
            Held = row.HoldReason is not null,
        };
    }
}
