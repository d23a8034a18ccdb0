using System.Text.Json;
using Campaigns.Db.Invalidations;
using Campaigns.Invalidations;

namespace Campaigns.Api.Endpoints.Invalidations;

/// <summary>
/// Which signatures a bulk invalidation covers: those that meet all that is given. At least one is.
/// </summary>
internal sealed record ConditionsView(
    IReadOnlyList<string>? Countries = null,
    DateTimeOffset? SignedFrom = null,
    DateTimeOffset? SignedTo = null,
    IReadOnlyList<string>? States = null,
    string? Wave = null,
    string? MailDomain = null,
    string? HoldReason = null
)
{
    public static ConditionsView From(InvalidationConditions conditions) =>
        new(
            conditions.Countries,
            conditions.SignedFrom,
            conditions.SignedTo,
            conditions.States,
            conditions.Wave is { } wave ? Ids.Text(wave) : null,
            conditions.MailDomain,
            conditions.HoldReason
        );
}

internal sealed record InvalidateManyRequest(string Reason, ConditionsView Conditions);

internal sealed record StartInvalidationRequest(long Count);

/// <summary>
/// How far an undo is. Skipped are those that cannot come back; null until the undo has ended.
/// </summary>
internal sealed record UndoView(long Restored, long? Skipped, DateTimeOffset? EndedAt);

/// <summary>
/// A bulk invalidation. Count, byCountry, stalePackets and sample are null until it is counted.
/// </summary>
internal sealed record InvalidationView(
    string Id,
    string Status,
    string Reason,
    ConditionsView Conditions,
    long? Count,
    IReadOnlyDictionary<string, long>? ByCountry,
    IReadOnlyList<string>? StalePackets,
    IReadOnlyList<string>? Sample,
    long Invalidated,
    DateTimeOffset RequestedAt,
    string? RequestedBy,
    string? ApprovedBy,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt,
    DateTimeOffset? UndoUntil,
    UndoView? Undo
)
{
    public static InvalidationView From(Invalidation one) =>
        new(
            Ids.Text(one.Id),
            one.Status,
            one.Reason,
            ConditionsView.From(one.Conditions),
            one.Covered,
            one.ByCountry is { } numbers ? JsonSerializer.Deserialize<Dictionary<string, long>>(numbers) : null,
            one.StalePackets,
            one.Sample,
            one.Invalidated,
            one.RequestedAt,
            Member(one.RequestedBy),
            Member(one.ApprovedBy),
            one.StartedAt,
            one.EndedAt,
            one.StartedAt + InvalidationRules.UndoTime,
            one.Status == InvalidationStatus.Undone
                ? new UndoView(
                    one.Restored,
                    one.UndoEndedAt is null ? null : one.Invalidated - one.Restored,
                    one.UndoEndedAt
                )
                : null
        );

    public static InvalidationView Example { get; } =
        new(
            "463856467968002050",
            InvalidationStatus.Counted,
            "bulk signing from one network",
            new ConditionsView(Wave: "5309114860321472901"),
            312,
            new Dictionary<string, long> { ["GB"] = 300, ["NO"] = 12 },
            ["463856467968002051"],
            ["463856467968002052"],
            0,
            new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero),
            "463856467968002053",
            null,
            null,
            null,
            null,
            null
        );

    private static string? Member(long? id) => id is { } number ? Ids.Text(number) : null;
}
