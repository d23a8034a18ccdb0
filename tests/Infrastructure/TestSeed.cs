using System.Globalization;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// The seed of a random test. Each test writes it to its output or messages;
/// <c>CAMPAIGN_TEST_SEED</c> sets it to reproduce a failure.
/// </summary>
internal static class TestSeed
{
    public static int Next() =>
        Environment.GetEnvironmentVariable("CAMPAIGN_TEST_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
}
