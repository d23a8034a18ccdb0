using Campaigns.Tests.Faults.Kills;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Campaigns.Tests.Infrastructure.SlowestFirstOrderer", "Campaigns.Tests")]

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// Runs the classes with slow tests first, above all the one that kills a server fifty times. If
/// they started last, one core would be idle at the end.
/// </summary>
public sealed class SlowestFirstOrderer : ITestCollectionOrderer
{
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(Rank);

    private static int Rank(ITestCollection collection)
    {
        // A class without a named collection is a collection that is named after the class.
        var type = typeof(SlowestFirstOrderer).Assembly.GetType(collection.DisplayName.Split(' ')[^1]);
        if (type == typeof(KillTests))
            return 0;
        return type is not null && type.GetMethods().Append<System.Reflection.MemberInfo>(type).Any(IsSlow) ? 1 : 2;
    }

    private static bool IsSlow(System.Reflection.MemberInfo member) =>
        member
            .GetCustomAttributesData()
            .Any(one =>
                one.AttributeType == typeof(TraitAttribute) && one.ConstructorArguments is [_, { Value: "slow" }]
            );
}
