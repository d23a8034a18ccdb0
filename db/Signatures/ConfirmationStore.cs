using Campaigns.Crypto;
using Campaigns.Db.Engine;
using Campaigns.Db.Keys;
using Campaigns.Signatures;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Signatures;

/// <summary>The result of a confirmation.</summary>
/// <param name="CampaignId">The campaign.</param>
/// <param name="Country">The signer's country.</param>
/// <param name="ManageToken">The token of the signer's own page.</param>
/// <param name="Held">True while the signature is on hold: it is not counted until staff release
/// it.</param>
public sealed record ConfirmedSignature(long CampaignId, string Country, string ManageToken, bool Held);

/// <summary>A press of the button, with what the owner of the mailbox corrected.</summary>
internal sealed record Confirmation(Token Token, SignatureChange Correction);

/// <summary>Confirms signatures through the link in the letter.</summary>
public sealed class ConfirmationStore
{
    private static readonly string _confirmRow = $$"""
        UPDATE signatures SET state = '{{SignatureState.Confirmed}}', confirmed_at = @now {batch}
        WHERE campaign_id = @campaignId AND id = @id
          AND {{SqlCondition.IsOneOf("state", SignatureLifecycle.StatesChangedBy(SignatureAct.Confirm))}}
        """;

    private readonly Database _database;
    private readonly SignatureEncryption _encryption;
    private readonly KeyRing _keys;
    private readonly LimitOptions _limits;
    private readonly LimitTally _tally;
    private readonly TimeProvider _time;
    private readonly Func<WriteTransaction, IReadOnlyList<Confirmation>, IReadOnlyList<Outcome<SignatureRow>>> _confirm;

    public ConfirmationStore(
        Database database,
        SignatureEncryption encryption,
        KeyRing keys,
        IOptions<LimitOptions> limits,
        LimitTally tally,
        TimeProvider time
    )
    {
        (_database, _encryption, _keys, _limits, _time) = (database, encryption, keys, limits.Value, time);
        _tally = tally;
        _confirm = Confirm;
    }

    /// <summary>
    /// Confirms the signature with the corrections of the owner of the mailbox. For
    /// <see cref="SignatureLifecycle.RepeatWindow"/> after the confirmation the link returns the
    /// same result and corrects nothing; any other link is <c>link-not-usable</c>. Refused with
    /// <c>validation</c> when a disclosure needs a name that is missing.
    /// </summary>
    public async Task<Outcome<ConfirmedSignature>> ConfirmAsync(string? link, SignatureChange? correction = null)
    {
        if (!_keys.Tokens.TryRead(LinkPurpose.Confirm, link, out var token))
            return Refusal.LinkNotUsable;
        var outcome = await _database.Writes.RunAsync(
            _confirm,
            new Confirmation(token, correction ?? SignatureChange.None)
        );
        return outcome.Value is { } row
            ? new ConfirmedSignature(
                row.CampaignId,
                row.Country,
                _keys.Tokens.Write(LinkPurpose.Manage, row.CampaignId, row.Id, (int)row.ManageGeneration),
                row.HoldReason is not null
            )
            : outcome.Refusal!;
    }

    /// <summary>
    /// What the link would confirm, or null if the link is not usable. Changes nothing.
    /// </summary>
    public ConfirmPreview? Preview(string? link)
    {
        if (!_keys.Tokens.TryRead(LinkPurpose.Confirm, link, out var token))
            return null;
        using var connection = _database.Read();
        var row = SignatureRow.Find(connection, token.CampaignId, token.RowId);
        if (row is not { IsKnown: true })
            return null;
        var now = _time.UtcNow();
        if (!CanConfirm(row, token, now) && !WasConfirmedBy(row, token, now))
            return null;
        var person = _encryption.DecryptPerson(row.Id, row.Person!);
        return new ConfirmPreview(
            row.CampaignId,
            row.State,
            row.HoldReason is not null,
            person.Name,
            person.Locality,
            row.Country,
            Disclosures.Parse(row.Disclosure!),
            row.Updates != 0,
            row.Locale!,
            row.TextHash!
        );
    }

    private static bool CanConfirm(SignatureRow row, Token token, DateTimeOffset now) =>
        SignatureLifecycle.Find(row.Phase, SignatureAct.Confirm).ChangesRow
        && row.ConfirmGeneration == token.Generation
        && row.ConfirmExpiresAt > now.ToUnixTimeMilliseconds();

    private static bool WasConfirmedBy(SignatureRow row, Token token, DateTimeOffset now) =>
        SignatureLifecycle.Find(row.Phase, SignatureAct.Confirm) is { Refusal: null, ChangesRow: false }
        && row.ConfirmGeneration == token.Generation
        && now.ToUnixTimeMilliseconds() < row.ConfirmedAt + (long)SignatureLifecycle.RepeatWindow.TotalMilliseconds;

    // Reads the row before the update, because RETURNING makes SQLite build a temporary table, which costs more.
    private IReadOnlyList<Outcome<SignatureRow>> Confirm(
        WriteTransaction write,
        IReadOnlyList<Confirmation> confirmations
    )
    {
        var rows = SignatureRow.Find(
            write,
            [.. confirmations.Select(one => (one.Token.CampaignId, one.Token.RowId)).Distinct()]
        );
        var letters = Outbox.CountLetters(write, [.. rows.Values], _limits.LettersPerAddressPerWeek, _tally);
        return
        [
            .. confirmations.Select<Confirmation, Outcome<SignatureRow>>(one =>
            {
                var key = (one.Token.CampaignId, one.Token.RowId);
                if (!rows.TryGetValue(key, out var row))
                    return Refusal.LinkNotUsable;
                if (!CanConfirm(row, one.Token, write.Now))
                    return WasConfirmedBy(row, one.Token, write.Now) ? row : Refusal.LinkNotUsable;
                if (SignerCorrection.Apply(write, row, one.Correction, _encryption) is { } refusal)
                    return refusal;
                // The row is replaced in `rows`, so that a second press in the same batch sees the confirmation.
                return rows[key] = Count(write, row, one.Token, letters.IsBelowLimit(row.Id));
            }),
        ];
    }

    private static SignatureRow Count(WriteTransaction write, SignatureRow pending, Token token, bool belowLimit)
    {
        var transition = SignatureLifecycle.Find(pending.Phase, SignatureAct.Confirm);
        var confirmedAt = write.Now.ToUnixTimeMilliseconds();
        var row = pending with { State = transition.State!, ConfirmedAt = confirmedAt };
        write
            .Prepare(_confirmRow)
            .Set("@campaignId", row.CampaignId)
            .Set("@id", row.Id)
            .Set("@now", confirmedAt)
            .Defer();
        CountedSignatures.Apply(write, pending, transition, confirmedAt);
        var provider = MailProvider.FromNumber(token.Provider);
        write.CountStep(SigningStep.Press, row.CampaignId, write.Now, row.Country, provider);
        if (belowLimit && transition.Letter is { } kind)
            // The press shows that people read the mailbox, so the letter is not bounded by its domain.
            Outbox.Add(write, row.CampaignId, row.Id, kind, row.Locale!, row.ManageGeneration, domainHash: null);
        return row;
    }
}
