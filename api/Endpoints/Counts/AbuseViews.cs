using System.Text.Json.Serialization;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Counts;

namespace Campaigns.Api.Endpoints.Counts;

/// <summary>
/// A limit by the name of its setting. Times: how often it acted in the last 24 full hours, in this
/// process and for all campaigns; null for fewer than <see cref="Coarse.Few"/>. Held: the
/// signatures of the campaign that it holds now; null where the limit holds none, or where the
/// campaign is sensitive.
/// </summary>
public sealed record LimitView(string Name, long Value, long? Times, long? Held)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few => Times is null;
}

/// <summary>The limits of the server. Since: when this process began to count.</summary>
public sealed record LimitsView(DateTimeOffset AsOf, DateTimeOffset Since, bool Enabled, IReadOnlyList<LimitView> Items)
{
    public static LimitsView Example { get; } =
        new(
            new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2019, 5, 1, 7, 30, 0, TimeSpan.Zero),
            Enabled: true,
            [new LimitView("HoldAfterPerNetworkPerHour", 1_000, 312, 312)]
        );
}

/// <summary>
/// New signatures of a mail provider, one number for each of the days. Null: fewer than
/// <see cref="Coarse.Few"/>.
/// </summary>
internal sealed record ProviderView(string Provider, IReadOnlyList<long?> Signed)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few => Signed.Contains(null);
}

/// <summary>New signatures by mail provider in the last days (UTC), oldest first.</summary>
internal sealed record ProvidersView(
    DateTimeOffset AsOf,
    IReadOnlyList<DateOnly> Days,
    IReadOnlyList<ProviderView> Items
)
{
    public static ProvidersView Example { get; } =
        new(
            new DateTimeOffset(2019, 5, 17, 9, 0, 0, TimeSpan.Zero),
            [new DateOnly(2019, 5, 16), new DateOnly(2019, 5, 17)],
            [new ProviderView("gmail", [31, 1_240])]
        );

    public static ProvidersView From(ProviderDays found, bool coarse) =>
        new(
            found.AsOf,
            found.Days,
            [
                .. found.Providers.Select(row => new ProviderView(
                    row.Provider,
                    [.. row.Signed.Select(number => coarse ? Coarse.Value(number) : number)]
                )),
            ]
        );
}
