namespace Campaigns.Db.Counts;

/// <summary>
/// The figures of a country, or of all countries in scope. Days are those of the campaign's time
/// zone, to the full hour of UTC.
/// </summary>
/// <param name="Country">Null for the sum.</param>
/// <param name="Confirmed">Confirmed signatures now; of a sensitive campaign the sealed
/// ones.</param>
/// <param name="Goal">Null or 0 for none.</param>
/// <param name="Today">What today added so far.</param>
/// <param name="Week">What the last seven full days added, beside the seven days before.</param>
/// <param name="Forecast">When the goal is reached.</param>
/// <param name="Pending">Unconfirmed signatures.</param>
/// <param name="Held">Signatures on hold.</param>
public sealed record CountryFigures(
    string? Country,
    long Confirmed,
    int? Goal,
    long Today,
    ComparedPeriods Week,
    Forecast Forecast,
    long Pending,
    long Held
)
{
    /// <summary>The mean of the last seven full days.</summary>
    public decimal Mean => (decimal)Week.Now / global::Campaigns.Forecast.Days;

    /// <summary>Whole percent of the goal, rounded down; null without a goal.</summary>
    public long? Percent => Goal is > 0 and var goal ? Confirmed * 100 / goal : null;
}
