using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Campaigns.Crypto;
using Campaigns.Db.Keys;
using Campaigns.Db.Letters;
using Campaigns.Db.Staff;
using Campaigns.Letters;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.SignIn;

/// <summary>
/// Reads claimed letters to members with what they are about, and decrypts address and link.
/// </summary>
internal sealed class DueMemberLetterReader(Database database, KeyRing keys, TimeProvider time, ILogger log)
{
    private const string SelectClaimed = $$"""
        SELECT id, kind, locale, handover_id, answer_due, update_id, address, token, created_at, tries, failure, attempt
        FROM staff_letters
        WHERE id IN {=ids} AND state = '{{LetterState.Queued}}' AND lease_owner = @owner ORDER BY due_at, id
        """;

    private const string IsAsked = """
        SELECT count(*) FROM staff_accounts a JOIN staff m ON m.id = a.staff_id
        WHERE a.pending_hash = @hash AND a.pending_until > @now AND m.revoked_at IS NULL
        """;

    private const string IsInvited = """
        SELECT count(*) FROM staff_invitations
        WHERE token_hash = @hash AND used_at IS NULL AND ended_at IS NULL AND expires_at > @now
        """;

    private const string HasUpdate =
        "SELECT count(*) FROM timeline_entries WHERE id = @UpdateId AND state <> 'withdrawn'";

    // Null once the hand-over is deleted, given up or answered.
    private const string SelectScreen = """
        SELECT c.slug FROM handovers h JOIN campaigns c ON c.id = h.campaign_id
        WHERE h.id = @HandoverId AND h.cancelled_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM handover_answers w WHERE w.handover_id = h.id AND w.kind <> 'acknowledged')
        """;

    /// <summary>Reads the letters that <paramref name="owner"/> has claimed.</summary>
    public IReadOnlyList<DueMemberLetter> Read(string owner, IReadOnlyList<long> ids)
    {
        using var connection = database.Read();
        var rows = connection.Query<LetterRow>(SelectClaimed, new { ids, owner }).ToList();
        return [.. rows.Select(row => Read(connection, row))];
    }

    private DueMemberLetter Read(DbConnection connection, LetterRow row)
    {
        var token = Decrypt(row, "token", row.Token);
        var screen = FindScreen(connection, row);
        return new DueMemberLetter
        {
            Id = row.Id,
            Kind = row.Kind,
            Locale = row.Locale,
            CreatedAt = row.CreatedAt,
            Tries = row.Tries,
            Failure = row.Failure,
            Attempt = row.Attempt,
            Obsolete =
                (token is null || Works(connection, row.Kind, token))
                && (row.HandoverId is null || screen is not null)
                && (row.UpdateId is null || connection.QuerySingle<long>(HasUpdate, new { row.UpdateId }) > 0)
                    ? null
                    : LetterRules.Superseded,
            Screen = screen,
            AnswerDue = row.AnswerDue,
            UpdateId = row.UpdateId,
            // A letter whose link no key decrypts is as unreadable as one without its address.
            Email = token is null && row.Token is not null ? null : Decrypt(row, "address", row.Address),
            Token = token,
            Name = keys.Tokens.NameOfLetter(row.Id),
            Tag = () => keys.Tokens.WriteLetterTag(new LetterTag(LetterOutbox.Members, row.Id)),
        };
    }

    private static string? FindScreen(DbConnection connection, LetterRow row) =>
        row.HandoverId is { } handover
        && connection.QuerySingleOrDefault<string>(SelectScreen, new { row.HandoverId }) is { } slug
            ? $"/staff/c/{slug}/handovers/{Ids.Text(handover)}"
            : null;

    private bool Works(DbConnection connection, string kind, string token) =>
        connection.QuerySingle<long>(
            kind == MemberLetterKind.Confirm ? IsAsked : IsInvited,
            new { hash = RandomToken.Hash(token), now = time.UtcNow().ToUnixTimeMilliseconds() }
        ) > 0;

    private string? Decrypt(LetterRow row, string column, byte[]? value)
    {
        try
        {
            return value is null
                ? null
                : Encoding.UTF8.GetString(keys.Encryptor.Decrypt(MemberLetterStore.Table, column, row.Id, value));
        }
        catch (CryptographicException)
        {
            log.LogError(LetterStore.LetterDamaged, "No key decrypts the {Column} of letter {Letter}", column, row.Id);
            return null;
        }
    }

    private sealed class LetterRow
    {
        public required long Id { get; init; }
        public required string Kind { get; init; }
        public required string Locale { get; init; }
        public required long? HandoverId { get; init; }
        public required DateOnly? AnswerDue { get; init; }
        public required long? UpdateId { get; init; }
        public required byte[]? Address { get; init; }
        public required byte[]? Token { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required int Tries { get; init; }
        public required string? Failure { get; init; }
        public required long Attempt { get; init; }
    }
}
