using Campaigns.Timeline;

namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>The examples of the OpenAPI document.</summary>
internal static class TimelineExamples
{
    public const string Id = "463856467968002070";

    private static readonly DateOnly _day = new(2018, 6, 27);
    private static readonly DateTimeOffset _at = new(2018, 6, 27, 11, 0, 0, TimeSpan.Zero);
    private static readonly SourceBody _source = new(
        "PACE calls for an investigation",
        "Russian LGBT Network",
        _day,
        SourceKind.Statement,
        "https://example.org/pace"
    );
    private static readonly FigureBody _figure = new("people evacuated", 123, "people", _day, 0, "evacuated");

    public static UpdateRequest NewUpdate { get; } =
        new(
            new Dictionary<string, UpdateTextBody>
            {
                ["en"] = new("The Assembly calls for an investigation", "The vote was **clear**."),
            },
            [_figure],
            [_source],
            new OriginBody("Russian LGBT Network", "en", "https://example.org/pace"),
            _day
        );

    /// <summary>A merge patch: only what changes.</summary>
    public static object UpdateChange { get; } = new
    {
        texts = new { nl = new { title = "De Assemblee roept op", text = "De stemming was duidelijk." } },
    };

    public static UpdateView Update { get; } =
        new(
            Id,
            EntryState.Published,
            _day,
            NewUpdate.Texts,
            [_figure],
            [_source],
            NewUpdate.Origin,
            null,
            _at,
            _at,
            null,
            null
        );

    public static DevelopmentRequest NewDevelopment { get; } =
        new(
            _day,
            "Parliamentary Assembly of the Council of Europe",
            "The Assembly calls for an investigation",
            "It calls for an open and effective investigation.",
            [_source]
        );

    public static object DevelopmentChange { get; } = new { summary = "It calls for an investigation." };

    public static DevelopmentView Development { get; } =
        new(
            Id,
            EntryState.Published,
            _day,
            NewDevelopment.Institution,
            NewDevelopment.Title,
            NewDevelopment.Summary,
            [_source],
            _at,
            _at,
            null,
            null
        );

    public static EventRequest NewEvent { get; } =
        new(
            new DateOnly(2019, 5, 17),
            "Embassy of the Russian Federation, London",
            "GB",
            "Vigil at the embassy in London",
            "People stand with posters in front of the embassy.",
            true
        );

    public static object EventChange { get; } = new { showPlace = false };

    public static EventView Event { get; } =
        new(
            Id,
            EntryState.Published,
            NewEvent.On,
            NewEvent.Place,
            NewEvent.Country,
            NewEvent.Title,
            NewEvent.Summary,
            NewEvent.ShowPlace,
            _at,
            _at,
            null,
            null
        );

    public static TimelineItemView Item { get; } =
        new(
            TimelineKind.Update,
            _day,
            "The Assembly calls for an investigation",
            "The vote was **clear**.",
            [_figure],
            [_source],
            "en",
            Origin: NewUpdate.Origin
        );
}
