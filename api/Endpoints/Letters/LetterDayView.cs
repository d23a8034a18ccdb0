using System.Text.Json.Serialization;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Letters;
using Campaigns.Letters;

namespace Campaigns.Api.Endpoints.Letters;

/// <summary>Letters refused with one code. Null: as in <see cref="LetterDayView"/>.</summary>
public sealed record RefusedLettersView(string Code, long? Letters);

/// <summary>
/// What became of letters on a day. Null: fewer than <see cref="Coarse.Few"/>, and
/// <see cref="Few"/> says so.
/// </summary>
public sealed record LetterDayView(
    DateOnly Day,
    long? Created,
    long? Accepted,
    IReadOnlyList<RefusedLettersView> Refused,
    long? Unknown,
    long? Cancelled,
    long? Suppressed
)
{
    public static LetterDayView Example { get; } =
        new(new DateOnly(2019, 5, 17), 1_260, 1_240, [new RefusedLettersView("5.1.1", 12)], 0, 6, 2)
        {
            Bounced = [new RefusedLettersView("5.2.1", 3)],
        };

    /// <summary>
    /// Letters that came back after they were accepted, and complaints, by code.
    /// </summary>
    public IReadOnlyList<RefusedLettersView> Bounced { get; init; } = [];

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few =>
        Created is null
        || Accepted is null
        || Unknown is null
        || Cancelled is null
        || Suppressed is null
        || Refused.Concat(Bounced).Any(refused => refused.Letters is null);

    /// <param name="day">The day.</param>
    /// <param name="rows">The letters of that day.</param>
    /// <param name="coarse">True to hide small numbers.</param>
    public static LetterDayView From(DateOnly day, IEnumerable<LetterDay> rows, bool coarse)
    {
        var byFate = rows.ToLookup(row => row.Fate);
        return new(
            day,
            Sum(LetterFate.Created),
            Sum(LetterFate.Accepted),
            Codes(LetterFate.Refused),
            Sum(LetterFate.Unknown),
            Sum(LetterFate.Cancelled),
            Sum(LetterFate.Suppressed)
        )
        {
            Bounced = Codes(LetterFate.Bounced),
        };

        IReadOnlyList<RefusedLettersView> Codes(string fate) =>
            [.. byFate[fate].Select(row => new RefusedLettersView(row.Code, Shown(row.Letters)))];

        long? Sum(string fate) => Shown(byFate[fate].Sum(row => row.Letters));

        long? Shown(long letters) => coarse ? Coarse.Value(letters) : letters;
    }
}
