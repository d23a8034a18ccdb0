using Campaigns.Crypto;
using Campaigns.Db.Bounces;
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
               s.state, s.address, s.blind_index, s.index_version, s.locale, s.active_since
        FROM update_letters l
        JOIN sendings g ON g.update_id = l.update_id
        JOIN timeline_entries e ON e.id = l.update_id
        LEFT JOIN subscribers s ON s.campaign_id = g.campaign_id AND s.id = l.subscriber_id
        WHERE l.id IN {=ids} AND l.state = '{{LetterState.Queued}}' AND l.lease_owner = @owner
        ORDER BY l.subscriber_id
        """;

    private readonly SubscriberAddresses _addresses = new(encryption, keys, time, log);

    public IReadOnlyList<DueUpdateLetter> Read(string owner, IReadOnlyList<long> ids)
    {
        using var connection = database.Read();
        var letters = connection
            .Query<DueRow>(SelectClaimed, new { ids, owner })
            .ToList()
            .ConvertAll(row =>
                (
                    Row: row,
                    Email: row.Address is null ? null : _addresses.Decrypt(row.Id, row.SubscriberId, row.Address)
                )
            );
        var stopped = RefusedMailboxes.Find(
            connection,
            keys.BlindIndex,
            [.. letters.Where(one => one.Email is not null).Select(one => one.Email!.Normalised).Distinct()],
            time.UtcNow()
        );
        var suppressed = _addresses.FindSuppressed(
            connection,
            letters.Where(one => one.Email is not null).Select(one => (one.Row.CampaignId, one.Email!.Normalised))
        );
        return [.. letters.Select(one => ToLetter(one.Row, one.Email, IsSuppressed(one.Row, one.Email)))];

        bool IsSuppressed(DueRow row, EmailAddress? email) =>
            email is not null
            && (
                suppressed.Contains((row.CampaignId, email.Normalised))
                || stopped.Has(email.Normalised, row.ActiveSince ?? row.CreatedAt)
            );
    }

    private DueUpdateLetter ToLetter(DueRow row, EmailAddress? email, bool isSuppressed)
    {
        var obsolete = row.Obsolete(isSuppressed);
        return new DueUpdateLetter
        {
            Id = row.Id,
            CampaignId = row.CampaignId,
            UpdateId = row.UpdateId,
            UpdateVersion = row.UpdateVersion,
            SubscriberId = row.SubscriberId,
            ShowsTitle = row.ShowsTitle,
            Locale = row.Locale ?? Locales.Default,
            Obsolete = obsolete,
            Email = obsolete is null ? email?.Typed : null,
            History = new LetterHistory(row.CreatedAt, row.Tries, row.Failure),
            Attempt = row.Attempt,
            Name = keys.Tokens.NameOfLetter(row.Id),
            Tag = () => keys.Tokens.WriteLetterTag(new LetterTag(LetterOutbox.Updates, row.Id)),
            ListName = keys.Tokens.NameOfList(row.CampaignId),
            UnsubscribeToken = email is null
                ? ""
                : encryption.UnsubscribeToken(row.CampaignId, row.SubscriberId, row.Index),
        };
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
        public required DateTimeOffset? ActiveSince { get; init; }

        public string? Obsolete(bool isSuppressed) =>
            LetterRules.ObsoleteUpdate(State, UpdateState == EntryState.Published, isSuppressed);

        public IndexedAddress Index => new(IndexVersion!.Value, BlindIndex!);
    }
}
