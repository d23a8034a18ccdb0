using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.Logging;

namespace Campaigns.Tests.Clusters;

/// <summary>Several processes start on one database at the same time.</summary>
[Trait("Database", "postgres")]
public sealed class ConcurrentStartTests
{
    [Fact]
    public async Task One_of_many_starting_processes_migrates_and_makes_the_keys()
    {
        var folder = Directory.CreateTempSubdirectory("campaign-start-").FullName;
        try
        {
            var log = new RecordedLog();
            using var logs = LoggerFactory.Create(logging => logging.AddProvider(log));
            var options = DatabaseUnderTest.Options(Path.Combine(folder, "data"));
            var open = await Task.WhenAll(
                Enumerable
                    .Range(0, 8)
                    .Select(_ =>
                        Task.Run(() =>
                            Db.Database.Open(
                                options,
                                Path.Combine(folder, "data"),
                                Path.Combine(folder, "keys"),
                                TimeSpan.FromDays(400),
                                serving: true,
                                TimeProvider.System,
                                logs
                            )
                        )
                    )
            );
            try
            {
                var migrated = log
                    .Lines.Where(line => line.Text.StartsWith("Migrated", StringComparison.Ordinal))
                    .Select(line => line.Text)
                    .ToList();
                Assert.NotEmpty(migrated);
                Assert.Equal(migrated.Count, migrated.Distinct().Count());
                Assert.Single(
                    open.Select(database =>
                            Convert.ToHexString(database.Keys.BlindIndex.Compute(1, "kari@example.org"))
                        )
                        .Distinct()
                );
                Assert.Equal(
                    open.Length,
                    open.Select(database => Ids.WriterOf(database.Writes.NextId())).Distinct().Count()
                );
                await Task.WhenAll(open.Select(database => database.ProbeAsync(default)));
            }
            finally
            {
                foreach (var database in open)
                    await database.DisposeAsync();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
