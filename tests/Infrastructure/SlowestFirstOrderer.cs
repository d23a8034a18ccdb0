using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Campaigns.Tests.Infrastructure.SlowestFirstOrderer", "Campaigns.Tests")]

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// Begins with the classes that have slow tests, the one that is killed fifty times before all:
/// begun last, they would keep one core waiting for the other.
/// </summary>
public sealed class SlowestFirstOrderer : ITestCollectionOrderer
{
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(Rank);

    private static int Rank(ITestCollection collection)
    {
        // A class that is in no collection by name is one of its own, which is called after it.
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
