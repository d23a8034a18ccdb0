using System.Text.Json.Serialization;
using Campaigns.Api.Http.Access;

namespace Campaigns.Api.Endpoints.Letters;

/// <summary>
/// Letters of a kind and state. Null: fewer than <see cref="Coarse.Few"/>, and <see cref="Few"/>
/// says so.
/// </summary>
public sealed record LetterCountView(string Kind, string State, long? Letters)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few => Letters is null;
}

public sealed record FailedLetterView(
    string Id,
    string Kind,
    string State,
    string? Failure,
    DateTimeOffset CreatedAt,
    int Tries
);

/// <summary>Letters that wait after a failure with that code.</summary>
public sealed record RetriedLettersView(string Code, long Letters);

/// <summary>
/// What has not left, and the first letters that mail servers accepted in the last full hour. Null:
/// as in <see cref="LetterCountView"/>. OldestAt is null without a letter; of a sensitive campaign
/// there is neither oldestAt nor a list of retries.
/// </summary>
public sealed record OutboxView(
    long? Queued,
    DateTimeOffset? OldestAt,
    IReadOnlyList<RetriedLettersView> Retries,
    long? AcceptedInLastHour
)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few => Queued is null || AcceptedInLastHour is null;
}

/// <summary>
/// A page of the failed letters, with the outbox and the counts of all letters and of the last
/// days.
/// </summary>
public sealed record LettersView(
    DateTimeOffset AsOf,
    OutboxView Outbox,
    IReadOnlyList<LetterCountView> Counts,
    IReadOnlyList<LetterDayView> Days,
    IReadOnlyList<FailedLetterView> Items,
    string? Next
)
{
    public static LettersView Example { get; } =
        new(
            new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero),
            new OutboxView(
                25,
                new DateTimeOffset(2019, 5, 17, 8, 48, 0, TimeSpan.Zero),
                [new RetriedLettersView("4.7.1", 12)],
                310
            ),
            [new LetterCountView("confirm", "sent", 1_240)],
            [LetterDayView.Example],
            [
                new FailedLetterView(
                    "463856467968002048",
                    "confirm",
                    "failed",
                    "550",
                    new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero),
                    3
                ),
            ],
            null
        );
}
