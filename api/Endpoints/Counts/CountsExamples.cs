using Campaigns.Db.Counts;

namespace Campaigns.Api.Endpoints.Counts;

/// <summary>The examples of the OpenAPI document.</summary>
internal static class CountsExamples
{
    public const string Csv = "\uFEFFcountry,name,confirmed,goal\r\nNO,Norway,1160,5000\r\nZZ,Other countries,44,\r\n";

    /// <summary>The data of an event is the JSON of the counts.</summary>
    public const string Event = "event: counts\ndata: {\"campaign\":\"chechnya-2019\",…}\n\n";

    private static readonly DateTimeOffset _asOf = new(2019, 5, 17, 9, 0, 0, TimeSpan.Zero);

    public static CountsView Counts { get; } =
        new(
            "chechnya-2019",
            _asOf,
            1_204,
            10_000,
            [
                new CountryCountView("NO", "Norway", 1_160, 5_000),
                new CountryCountView("ZZ", "Other countries", 44, null),
            ],
            new SealedView(1_230, 1_200)
        );

    public static HistoryView History { get; } =
        new(
            "day",
            [new HistoryItem(new DateOnly(2019, 5, 16), "NO", 25), new HistoryItem(new DateOnly(2019, 5, 17), "NO", 31)]
        );

    public static StaffCountsView Staff { get; } =
        new(
            [new StaffCountryView("NO", 31, 1_160, 2, 1, 14, 40, 3)],
            _asOf,
            4,
            0,
            0,
            _asOf,
            [
                new DayCount
                {
                    Day = new DateOnly(2019, 5, 16),
                    Country = "NO",
                    Confirmed = 25,
                },
            ]
        );
}
