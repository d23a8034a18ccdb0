using System.Text.Json.Serialization;
using Campaigns.Api.Http.Access;

namespace Campaigns.Api.Endpoints.Staff;

/// <summary>
/// Work that waits in a campaign, or in none. <c>Href</c> is the screen that shows it.
/// </summary>
public sealed record QueueView(string Name, string? Campaign, long Count, DateTimeOffset? OldestAt, string Href);

/// <summary>
/// What changed in a campaign. Null: by fewer than <see cref="Coarse.Few"/>, and <see cref="Few"/>
/// says so.
/// </summary>
public sealed record NewsView(string Slug, long Confirmed, long? Held, long? Withdrawn)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few => Held is null || Withdrawn is null;
}

/// <summary><c>At</c> is null at the first look.</summary>
public sealed record SinceView(DateTimeOffset? At, IReadOnlyList<NewsView> Campaigns);

/// <summary><c>Warnings</c> are for administrators: what they should mend.</summary>
public sealed record TodayView(
    DateTimeOffset AsOf,
    IReadOnlyList<SystemProblemView> Warnings,
    IReadOnlyList<QueueView> Queues,
    SinceView Since
)
{
    public static TodayView Example { get; } =
        new(
            new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero),
            [
                new SystemProblemView(
                    "administrators",
                    "no administrator has a confirmed e-mail address, so that no letter reaches one"
                ),
            ],
            [
                new QueueView(
                    "held",
                    "chechnya-2019",
                    12,
                    new DateTimeOffset(2019, 5, 17, 7, 30, 0, TimeSpan.Zero),
                    "/staff/c/chechnya-2019/abuse"
                ),
            ],
            new SinceView(
                new DateTimeOffset(2019, 5, 16, 16, 0, 0, TimeSpan.Zero),
                [new NewsView("chechnya-2019", 25, 12, 1)]
            )
        );
}
