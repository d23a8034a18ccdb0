using Campaigns.Timeline;

namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>Figures of one series over their dates: a chart with its table.</summary>
/// <param name="Name">The series.</param>
/// <param name="Points">At least two, oldest first.</param>
public sealed record FigureSeries(string Name, IReadOnlyList<FigurePoint> Points)
{
    /// <summary>What is counted, in the words of the newest figure.</summary>
    public string Label => Points[^1].Figure.Label;

    /// <summary>
    /// The series of a timeline that have figures of more than one day, in the order of their first
    /// day. Of one day the figure of the newest item counts.
    /// </summary>
    public static IReadOnlyList<FigureSeries> Of(IReadOnlyList<TimelineItem> newestFirst) =>
        [
            .. newestFirst
                .SelectMany(item =>
                    item.Figures.Where(figure => figure.Series is not null)
                        .Select(figure => new FigurePoint(figure, item.Sources[figure.Source]))
                )
                .GroupBy(point => point.Figure.Series!, StringComparer.Ordinal)
                .Select(series => new FigureSeries(
                    series.Key,
                    [.. series.DistinctBy(point => point.Figure.AsOf).OrderBy(point => point.Figure.AsOf)]
                ))
                .Where(series => series.Points.Count > 1)
                .OrderBy(series => series.Points[0].Figure.AsOf)
                .ThenBy(series => series.Name, StringComparer.Ordinal),
        ];
}

/// <summary>A figure with its source.</summary>
public sealed record FigurePoint(Figure Figure, Source Source);
