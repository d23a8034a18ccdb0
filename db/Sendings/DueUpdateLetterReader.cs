using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Campaigns.Crypto;
using Campaigns.Db.Keys;
using Campaigns.Db.Letters;
using Campaigns.Db.Subscribers;
using Campaigns.Letters;
using Campaigns.Signatures;
using Campaigns.Timeline;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Sendings;

/// <summary>
/// Reads claimed letters with their subscribers as they are now, decrypts addresses and finds those
/// that get no letters.
/// </summary>
internal sealed class DueUpdateLetterReader(
    Database database,
    SubscriberEncryption encryption,
    KeyRing keys,
    TimeProvider time,
    ILogger log
)
{
    private const string SelectClaimed = $$"""
        SELECT l.id, l.update_id, l.subscriber_id, l.created_at, l.tries, l.failure, l.attempt,
               g.campaign_id, g.shows_title, e.version AS update_version, e.state AS update_state,
               s.state, s.address, s.blind_index, s.index_version, s.locale
        FROM update_letters l
        JOIN sendings g ON g.update_id = l.update_id
        JOIN timeline_entries e ON e.id = l.update_id
        LEFT JOIN subscribers s ON s.campaign_id = g.campaign_id AND s.id = l.subscriber_id
        WHERE l.id IN {=ids} AND l.state = '{{LetterState.Queued}}' AND l.lease_owner = @owner
        ORDER BY l.subscriber_id
        """;

    public IReadOnlyList<DueUpdateLetter> Read(string owner, IReadOnlyList<long> ids)
    {
        using var connection = database.Read();
        var letters = connection
            .Query<DueRow>(SelectClaimed, new { ids, owner })
            .Select(row => (Row: row, Email: row.Obsolete(isSuppressed: false) is null ? Decrypt(row) : null))
            .ToList();
        var suppressed = FindSuppressed(connection, letters);
        return
        [
            .. letters.Select(letter => new DueUpdateLetter
            {
                Id = letter.Row.Id,
                CampaignId = letter.Row.CampaignId,
                UpdateId = letter.Row.UpdateId,
                UpdateVersion = letter.Row.UpdateVersion,
                SubscriberId = letter.Row.SubscriberId,
                ShowsTitle = letter.Row.ShowsTitle,
                Locale = letter.Row.Locale ?? Locales.Default,
                Obsolete = letter.Row.Obsolete(suppressed.Contains(letter.Row.Id)),
                Email = letter.Email?.Typed,
                History = new LetterHistory(letter.Row.CreatedAt, letter.Row.Tries, letter.Row.Failure),
                Attempt = letter.Row.Attempt,
                Name = keys.Tokens.NameOfLetter(letter.Row.Id),
                ListName = keys.Tokens.NameOfList(letter.Row.CampaignId),
                UnsubscribeToken = letter.Email is not null
                    ? encryption.UnsubscribeToken(letter.Row.CampaignId, letter.Row.SubscriberId, letter.Row.Index)
                    : "",
            }),
        ];
    }

    // The letters whose mailbox refused letters of the campaign, or whose owner asked for none.
    private HashSet<long> FindSuppressed(
        DbConnection connection,
        IReadOnlyList<(DueRow Row, EmailAddress? Email)> letters
    )
    {
        var byIndex = letters
            .Where(letter => letter.Email is not null)
            .SelectMany(letter =>
                keys.BlindIndex.Candidates(letter.Row.CampaignId, letter.Email!.Normalised)
                    .Select(index => (letter.Row.Id, Index: index))
            )
            .ToList();
        if (byIndex.Count == 0)
            return [];
        var parameters = new DynamicParameters();
        parameters.Add("now", time.UtcNow());
        var names = byIndex.Select(
            (candidate, place) =>
            {
                var name = "i" + place.ToString(CultureInfo.InvariantCulture);
                parameters.Add(name, candidate.Index);
                return "@" + name;
            }
        );
        var isListed = $"blind_index IN ({string.Join(", ", names)})";
        var found = connection
            .Query<byte[]>($"SELECT blind_index FROM suppressions WHERE until > @now AND {isListed}", parameters)
            .Select(Convert.ToHexStringLower)
            .ToHashSet();
        return
        [
            .. byIndex
                .Where(candidate => found.Contains(Convert.ToHexStringLower(candidate.Index)))
                .Select(candidate => candidate.Id),
        ];
    }

    private EmailAddress? Decrypt(DueRow row)
    {
        try
        {
            return encryption.Decrypt(row.SubscriberId, row.Address!);
        }
        catch (CryptographicException)
        {
            log.LogError(LetterStore.LetterDamaged, "No key decrypts the address of letter {Letter}", row.Id);
            return null;
        }
    }

    private sealed class DueRow
    {
        public required long Id { get; init; }
        public required long UpdateId { get; init; }
        public required long SubscriberId { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required int Tries { get; init; }
        public required string? Failure { get; init; }
        public required long Attempt { get; init; }
        public required long CampaignId { get; init; }
        public required bool ShowsTitle { get; init; }
        public required int UpdateVersion { get; init; }
        public required string UpdateState { get; init; }

        /// <summary>The state of the subscriber; null if the row is missing.</summary>
        public required string? State { get; init; }
        public required byte[]? Address { get; init; }
        public required byte[]? BlindIndex { get; init; }
        public required int? IndexVersion { get; init; }
        public required string? Locale { get; init; }

        public string? Obsolete(bool isSuppressed) =>
            LetterRules.ObsoleteUpdate(State, UpdateState == EntryState.Published, isSuppressed);

        public IndexedAddress Index => new(IndexVersion!.Value, BlindIndex!);
    }
}
