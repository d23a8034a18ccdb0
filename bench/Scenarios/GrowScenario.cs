using Campaigns.Bench.Client;
using Campaigns.Bench.Reports;
using Campaigns.Bench.Server;

namespace Campaigns.Bench.Scenarios;

/// <summary>
/// The cost of a signature by the number of existing signatures. Each size has a server, the
/// servers take turns, and each database is trimmed to its size after every round.
/// </summary>
internal static class GrowScenario
{
    private const int PeopleEachSecond = 10_000;
    private static readonly int[] _sizes = [10_000, 1_000_000, 5_000_000];

    public static async Task<Report> RunAsync(BenchOptions options)
    {
        var each = (int)(PeopleEachSecond * options.Length.TotalSeconds);
        var sizes = new List<Grown>();
        try
        {
            foreach (var size in _sizes.Select(options.Volume))
                sizes.Add(await Grown.FillAsync(options, size));
            for (var round = 0; round <= options.Rounds; round++)
                foreach (var size in sizes)
                    await size.TakeAsync(round, each);

            var report = new Report(
                $"""
                {options.Connections} connections, {options.Rounds} rounds of {each:N0} signatures a size, in turns
                after one to warm up; before each round the database has exactly the size named (every signature with
                two consents and a letter that was sent, random addresses). Every answer 202; rows and counters equal
                the answers. Databases of {string.Join(", ", sizes.Select(size => $"{size.Megabytes:N0} MB"))}, in the
                machine's page cache. Limits off, no line a request in the log, mail server down (letters wait).
                Client and server share the cores.
                """,
                Side.Columns
            );
            foreach (var size in sizes)
                report.Row(size.Side.Cells);
            foreach (var larger in sizes.Skip(1))
                report.Add(
                    new Target(
                        $"cost of a signature at {larger.Size:N0} / at {sizes[0].Size:N0}",
                        sizes[0].Side.Against(larger.Side),
                        1.6,
                        1.2,
                        LowerIsBetter: true
                    )
                );
            return report;
        }
        finally
        {
            foreach (var size in sizes)
                await size.Site.DisposeAsync();
        }
    }

    /// <summary>A server with a database of one size.</summary>
    private sealed class Grown(Site site, int size)
    {
        private readonly SignRequests _people = new(Bench.Server.Site.Api("/signatures"));
        private readonly long _newest = site.Folder.Number("SELECT max(id) FROM signatures");

        public Site Site => site;

        public int Size => size;

        public double Megabytes { get; } =
            new FileInfo(Path.Combine(site.Folder.Path, Db.Database.FileName)).Length / 1024.0 / 1024;

        public Side Side { get; } = new($"sign, {size:N0} there already");

        public static async Task<Grown> FillAsync(BenchOptions options, int size)
        {
            var folder = new DataFolder(options);
            await (await Bench.Server.Site.ServeAsync(folder, options)).CloseAsync();
            await Filling.Filling.PendingAsync(folder, size);
            return new Grown(await Bench.Server.Site.ServeAsync(folder, options), size);
        }

        public async Task TakeAsync(int round, int each)
        {
            await site.TakeAsync(Side, round, load => load.RunAsync(_people.Only(each), 202, TimeSpan.MaxValue));
            ExpectRows(size + each);
            await site.Server.PostAsync(Bench.Server.Site.Reference($"/trim?after={_newest}"));
            ExpectRows(size);
        }

        private void ExpectRows(int rows)
        {
            site.Folder.Expect(rows, "signatures", "SELECT count(*) FROM signatures");
            site.Folder.Expect(rows, "letters", "SELECT count(*) FROM letters");
            site.Folder.Expect(2L * rows, "consents", "SELECT count(*) FROM consents");
            site.Folder.Expect(rows, "counted", "SELECT sum(value) FROM counters");
        }
    }
}
