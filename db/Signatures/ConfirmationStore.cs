using Campaigns.Crypto;
using Campaigns.Db.Engine;
using Campaigns.Db.Keys;
using Campaigns.Signatures;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Signatures;

/// <summary>The result of a confirmation.</summary>
public sealed record ConfirmedSignature(long CampaignId, string Country, string ManageToken);

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
    private readonly TimeProvider _time;
    private readonly Func<WriteTransaction, IReadOnlyList<Token>, IReadOnlyList<SignatureRow?>> _confirm;

    public ConfirmationStore(
        Database database,
        SignatureEncryption encryption,
        KeyRing keys,
        IOptions<LimitOptions> limits,
        TimeProvider time
    )
    {
        (_database, _encryption, _keys, _limits, _time) = (database, encryption, keys, limits.Value, time);
        _confirm = Confirm;
    }

    /// <summary>
    /// Confirms the signature. For <see cref="SignatureLifecycle.RepeatWindow"/> after the
    /// confirmation the link returns the same result; any other link is <c>link-not-usable</c>.
    /// </summary>
    public async Task<Outcome<ConfirmedSignature>> ConfirmAsync(string? link)
    {
        if (!_keys.Tokens.TryRead(LinkPurpose.Confirm, link, out var token))
            return Refusal.LinkNotUsable;
        var row = await _database.Writes.RunAsync(_confirm, token);
        return row is null
            ? Refusal.LinkNotUsable
            : new ConfirmedSignature(
                row.CampaignId,
                row.Country,
                _keys.Tokens.Write(LinkPurpose.Manage, row.CampaignId, row.Id, (int)row.ManageGeneration)
            );
    }

    /// <summary>
    /// What the link would confirm, or null if the link is not usable. Changes nothing.
    /// </summary>
    public ConfirmPreview? Preview(string? link)
    {
        if (!_keys.Tokens.TryRead(LinkPurpose.Confirm, link, out var token))
            return null;
        using var connection = _database.Read();
        var row = SignatureRow.Find(connection, token.CampaignId, token.SignatureId);
        if (row is not { IsKnown: true })
            return null;
        var now = _time.UtcNow();
        return CanConfirm(row, token, now) || WasConfirmedBy(row, token, now)
            ? new ConfirmPreview(
                row.CampaignId,
                row.State,
                _encryption.DecryptPerson(row.Id, row.Person!).Name,
                row.Country,
                Disclosures.Parse(row.Disclosure!),
                row.Updates != 0,
                row.Locale!,
                row.TextHash!
            )
            : null;
    }

    /// <summary>The campaign of a "this was not me" link, or null. Changes nothing.</summary>
    public long? FindNotMe(string? link)
    {
        if (!_keys.Tokens.TryRead(LinkPurpose.NotMe, link, out var token))
            return null;
        using var connection = _database.Read();
        return
            SignatureRow.Find(connection, token.CampaignId, token.SignatureId) is { IsKnown: true } row
            && row.NotMeGeneration == token.Generation
            ? token.CampaignId
            : null;
    }

    /// <summary>
    /// The owner of the address did not sign: erases the signature and suppresses letters of this
    /// campaign to the address for <see cref="SignatureLifecycle.NotMeSuppression"/>. Repeatable.
    /// </summary>
    public async Task<Refusal?> NotMeAsync(string? link)
    {
        if (!_keys.Tokens.TryRead(LinkPurpose.NotMe, link, out var token))
            return Refusal.LinkNotUsable;
        return await _database.Writes.RunAsync(write =>
        {
            var row = SignatureRow.Find(write, token.CampaignId, token.SignatureId);
            if (row is null || row.NotMeGeneration != token.Generation)
                return Refusal.LinkNotUsable;
            var transition = SignatureLifecycle.Find(row.Phase, SignatureAct.NotMe);
            if (!transition.ChangesRow)
                return transition.Refusal;
            // The suppression needs the stored address.
            if (!row.IsKnown)
                return Refusal.LinkNotUsable;
            SignatureTransitions.NotMe(write, row, _keys.BlindIndex, _encryption);
            return null;
        });
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
    private IReadOnlyList<SignatureRow?> Confirm(WriteTransaction write, IReadOnlyList<Token> tokens)
    {
        var rows = SignatureRow.Find(
            write,
            [.. tokens.Select(token => (token.CampaignId, token.SignatureId)).Distinct()]
        );
        var belowLimit = Outbox.BelowLetterLimit(write, [.. rows.Values], _limits.LettersPerAddressPerWeek);
        return
        [
            .. tokens.Select(token =>
            {
                var key = (token.CampaignId, token.SignatureId);
                if (!rows.TryGetValue(key, out var row))
                    return null;
                // The row is replaced in `rows`, so that a second press in the same batch sees the confirmation.
                if (CanConfirm(row, token, write.Now))
                    return rows[key] = Count(write, row, belowLimit.Contains(row.Id));
                return WasConfirmedBy(row, token, write.Now) ? row : null;
            }),
        ];
    }

    private static SignatureRow Count(WriteTransaction write, SignatureRow pending, bool belowLimit)
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
        if (belowLimit && transition.Letter is { } kind)
            Outbox.Add(write, row.CampaignId, row.Id, kind, row.Locale!, row.ManageGeneration);
        return row;
    }
}
