using Campaigns.Db.Keys;
using Campaigns.Db.Writes;
using Campaigns.Signatures;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Signatures;

/// <summary>What a confirmed signer is told.</summary>
public sealed record ConfirmedSignature(long CampaignId, string Country, string ManageToken);

/// <summary>
/// What the confirm page shows above its button, so that a person sees what they put their name to.
/// </summary>
public sealed record ConfirmPreview(
    long CampaignId,
    string State,
    string? Name,
    string Country,
    Disclosure Disclosure,
    bool Updates,
    string Locale,
    string TextHash
);

/// <summary>Confirms signatures by the link in the letter.</summary>
public sealed class ConfirmationStore
{
    /// <summary>How long after the first press the same link answers the same again.</summary>
    public static readonly TimeSpan AnswersAgainFor = TimeSpan.FromDays(7);

    private const string ConfirmRow = """
        UPDATE signatures SET state = 'confirmed', confirmed_at = @now {batch} WHERE campaign_id = @campaignId AND id = @id AND state = 'pending'
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
    /// Confirms, or says the same again within seven days of the first press. Any other link is
    /// <c>link-not-usable</c>.
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
    /// What the link would confirm, or null when it is not usable. Changes nothing.
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
        return Confirms(row, token, now) || Answers(row, token, now)
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

    /// <summary>The campaign a "this was not me" link is about, or null. Changes nothing.</summary>
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
    /// Somebody else used this address: erases the signature and mails the address nothing for this
    /// campaign for 90 days. Repeatable.
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
            if (row.State == SignatureState.Erased)
                return null;
            if (!row.IsKnown)
                return Refusal.LinkNotUsable;
            SignatureTransitions.NotMe(write, row, _keys.BlindIndex, _encryption);
            return null;
        });
    }

    private static bool Confirms(SignatureRow row, Token token, DateTimeOffset now) =>
        row.State == SignatureState.Pending
        && row.ConfirmGeneration == token.Generation
        && row.ConfirmExpiresAt > now.ToUnixTimeMilliseconds();

    private static bool Answers(SignatureRow row, Token token, DateTimeOffset now) =>
        row.State == SignatureState.Confirmed
        && row.ConfirmGeneration == token.Generation
        && row.IsKnown
        && now.ToUnixTimeMilliseconds() < row.ConfirmedAt + (long)AnswersAgainFor.TotalMilliseconds;

    // Looked up and then changed: a RETURNING costs SQLite a temporary table, which is more than the look-up.
    private IReadOnlyList<SignatureRow?> Confirm(WriteTransaction write, IReadOnlyList<Token> tokens)
    {
        var rows = SignatureRow.Find(
            write,
            [.. tokens.Select(token => (token.CampaignId, token.SignatureId)).Distinct()]
        );
        var withRoom = Outbox.BelowLetterLimit(write, [.. rows.Values], _limits.LettersPerAddressPerWeek);
        return
        [
            .. tokens.Select(token =>
            {
                var key = (token.CampaignId, token.SignatureId);
                if (!rows.TryGetValue(key, out var row))
                    return null;
                // A second press of the same batch finds what the first one made of it.
                if (Confirms(row, token, write.Now))
                    return rows[key] = Count(write, row, withRoom.Contains(row.Id));
                return Answers(row, token, write.Now) ? row : null;
            }),
        ];
    }

    private static SignatureRow Count(WriteTransaction write, SignatureRow pending, bool withRoom)
    {
        var row = pending with { State = SignatureState.Confirmed, ConfirmedAt = write.Now.ToUnixTimeMilliseconds() };
        write
            .Prepare(ConfirmRow)
            .Set("@campaignId", row.CampaignId)
            .Set("@id", row.Id)
            .Set("@now", row.ConfirmedAt)
            .Defer();
        write.Count(row.CampaignId, row.Country, pending.Bucket, -1);
        write.Count(row.CampaignId, row.Country, row.Bucket, 1);
        if (row.HoldReason is null)
            CountedSignatures.Add(write, row);
        if (withRoom)
            Outbox.Add(write, row.CampaignId, row.Id, LetterKind.Manage, row.Locale!, row.ManageGeneration);
        return row;
    }
}
