using System.Globalization;
using System.Text.Json;
using Campaigns.Letters;

namespace Campaigns.Db.Bounces;

/// <summary>A row of <c>refused_mailboxes</c>.</summary>
internal sealed record RefusedMailbox
{
    public const string Columns = "hash, id, missing_at, softs, suppressed_until, complained_at";

    public required byte[] Hash { get; init; }
    public required long Id { get; init; }
    public required DateTimeOffset? MissingAt { get; init; }
    public required string Softs { get; init; }
    public required DateTimeOffset? SuppressedUntil { get; init; }
    public required DateTimeOffset? ComplainedAt { get; init; }

    public MailboxRecord Record =>
        new()
        {
            MissingAt = MissingAt,
            Softs = [.. JsonSerializer.Deserialize<long[]>(Softs)!.Select(Instant.FromMilliseconds)],
            SuppressedUntil = SuppressedUntil,
            ComplainedAt = ComplainedAt,
        };

    /// <summary>The column of soft refusals.</summary>
    public static string Write(IReadOnlyList<DateTimeOffset> softs) =>
        $"[{string.Join(',', softs.Select(at => at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)))}]";
}
