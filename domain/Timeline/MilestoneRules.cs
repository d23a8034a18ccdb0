namespace Campaigns.Timeline;

/// <summary>Which numbers of confirmed signatures are milestones.</summary>
public static class MilestoneRules
{
    private const long FirstRound = 100;

    private static readonly int[] _steps = [1, 2, 5];

    /// <summary>
    /// The milestones that public counts have reached and that are not recorded. Of several round
    /// numbers only the largest counts, because a reader saw none of the others. A recorded
    /// milestone stays when the count falls.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="byCountry">The public count of each listed country.</param>
    /// <param name="confirmed">The public count of the campaign.</param>
    /// <param name="recorded">The milestones that are recorded.</param>
    public static IReadOnlyList<Milestone> FindReached(
        Campaign campaign,
        IReadOnlyDictionary<string, long> byCountry,
        long confirmed,
        IReadOnlyCollection<Milestone> recorded
    )
    {
        List<Milestone> reached =
        [
            .. from country in campaign.Countries
            let goal = country.Goal ?? long.MaxValue
            where byCountry.GetValueOrDefault(country.Country) >= goal
            select new Milestone(MilestoneKind.CountryGoal, country.Country, goal),
        ];
        if (confirmed >= campaign.Goal)
            reached.Add(new Milestone(MilestoneKind.Goal, null, campaign.Goal));
        var last = recorded
            .Where(one => one.Kind == MilestoneKind.Round)
            .Select(one => one.Number)
            .DefaultIfEmpty()
            .Max();
        if (LargestRound(confirmed) is { } round && round > last && round != campaign.Goal)
            reached.Add(new Milestone(MilestoneKind.Round, null, round));
        return [.. reached.Except(recorded)];
    }

    /// <summary>
    /// The largest of 100, 200, 500, 1,000, 2,000, 5,000 and so on up to a number; null below 100.
    /// </summary>
    public static long? LargestRound(long number)
    {
        long? largest = null;
        for (var power = FirstRound; power <= number; power *= 10)
            foreach (var step in _steps)
                if (power * step <= number)
                    largest = power * step;
        return largest;
    }
}
