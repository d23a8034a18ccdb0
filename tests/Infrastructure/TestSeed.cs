using System.Globalization;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// The seed of a test that acts at random. Each writes it to its output or into its messages;
/// <c>CAMPAIGN_TEST_SEED</c> sets it, to run a failure again.
/// </summary>
internal static class TestSeed
{
    public static int Next() =>
        Environment.GetEnvironmentVariable("CAMPAIGN_TEST_SEED") is { Length: > 0 } given
            ? int.Parse(given, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
}
