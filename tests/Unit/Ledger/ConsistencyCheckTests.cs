using System.Security.Cryptography;
using System.Text;
using Campaigns.Ledger;

namespace Campaigns.Tests.Unit.Ledger;

public sealed class ConsistencyCheckTests
{
    private const int Rounds = 300;

    private readonly Random _random = new(20190517);

    [Fact]
    public void Valid_ledger_is_consistent_with_each_of_its_prefixes()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var lines = Ledger(_random.Next(1, 60));
            var known = _random.Next(0, lines.Count + 1);
            var heads = Heads(lines);
            var ledger = new ConsistencyCheck(known, heads);
            Assert.Null(RefusalOf(ledger, lines, lines[..known]));
            Assert.Null(ledger.End());
            Assert.Equal(lines.Count, ledger.Size);
            Assert.Equal(Math.Max(known, heads.Max(head => head.Key)), ledger.Proven);
            Assert.Equal(Root(lines), ledger.Root());
        }
    }

    [Fact]
    public void Changed_missing_doubled_or_moved_lines_are_detected()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var lines = Ledger(_random.Next(4, 60));
            var known = _random.Next(0, lines.Count);
            var heads = Heads(lines, lines.Count);
            var at = _random.Next(0, lines.Count - 1);
            List<string> bent = [.. lines];
            switch (round % 5)
            {
                case 0:
                    bent[at] = Corrupt(lines[at]);
                    break;
                case 1:
                    bent.RemoveAt(at);
                    break;
                case 2:
                    bent.Insert(at, bent[at]);
                    break;
                case 3:
                    (bent[at], bent[at + 1]) = (bent[at + 1], bent[at]);
                    break;
                default:
                    bent.RemoveRange(at, bent.Count - at);
                    break;
            }
            var ledger = new ConsistencyCheck(known, heads);
            var problem = RefusalOf(ledger, bent, lines[..known]) ?? ledger.End();
            Assert.NotNull(problem);
            Assert.Matches("[0-9]", problem);
        }
    }

    [Fact]
    public void Wrong_line_is_named()
    {
        var lines = Lines(("GB", null), ("NL", null), ("GB", null), ("GB", 0L), ("ZZ", null), ("NL", null));
        var heads = Roots(lines, 2, 4, 6);
        string? Say(IReadOnlyList<string> file, int known = 2)
        {
            var ledger = new ConsistencyCheck(known, heads);
            return RefusalOf(ledger, file, lines[..known]) ?? ledger.End();
        }
        IReadOnlyList<string> With(int n, string line) => [.. lines[..n], line, .. lines[(n + 1)..]];

        Assert.Null(Say(lines));
        Assert.Contains(
            "Line 1 is not the line 1 that this database holds",
            Say(With(1, lines[0])),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Line 2 of the ledger file is no ledger entry",
            Say(With(2, lines[2] + " ")),
            StringComparison.Ordinal
        );
        Assert.Contains("Line 2 of the ledger file is no ledger entry", Say(With(2, "")), StringComparison.Ordinal);
        Assert.Contains(
            "Line 4 of the ledger file has number 5",
            Say([.. lines[..4], lines[5], lines[4]]),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Entry 3 removes 1",
            Say(With(3, LedgerLine.OfRemove(3, 1, "GB", LedgerLine.BySigner).Text)),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Entry 4 removes 0",
            Say(With(4, LedgerLine.OfRemove(4, 0, "GB", LedgerLine.BySigner).Text)),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "lines 4 to 5",
            Say(With(4, LedgerLine.OfAdd(4, "ZZ", SHA256.HashData([99])).Text)),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "lines 2 to 3",
            Say(With(3, LedgerLine.OfRemove(3, 0, "GB", LedgerLine.Invalidated).Text)),
            StringComparison.Ordinal
        );
        Assert.Contains("ends before line 5", Say(lines[..5]), StringComparison.Ordinal);
        Assert.Contains("ends before line 0", Say([]), StringComparison.Ordinal);
    }

    [Fact]
    public void Diverged_database_cannot_be_continued_by_any_file()
    {
        var lines = Lines(("GB", null), ("NL", null), ("GB", null));
        var others = Lines(("NL", null), ("NL", null), ("GB", null));
        var ledger = new ConsistencyCheck(2, Roots(lines, 2, 3));
        Assert.Contains("no file can continue them", RefusalOf(ledger, others, others[..2]), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_heads_of_one_size_with_different_roots_match_no_ledger()
    {
        var lines = Lines(("GB", null), ("NL", null));
        var ledger = new ConsistencyCheck(
            0,
            new[] { (2L, Root(lines)), (2L, new string('0', 64)) }.ToLookup(head => head.Item1, head => head.Item2)
        );
        Assert.NotNull(RefusalOf(ledger, lines, []));
    }

    [Fact]
    public void Lines_after_the_newest_head_are_read_but_unproven()
    {
        var lines = Lines(("GB", null), ("NL", null), ("GB", null), ("GB", null));
        var ledger = new ConsistencyCheck(1, Roots(lines, 1, 3));
        Assert.Null(RefusalOf(ledger, lines, lines[..1]));
        Assert.Null(ledger.End());
        Assert.Equal((4, 3), (ledger.Size, ledger.Proven));
    }

    private static string? RefusalOf(ConsistencyCheck ledger, IReadOnlyList<string> lines, IReadOnlyList<string> own)
    {
        for (var n = 0; n < lines.Count; n++)
        {
            if (ledger.Add(lines[n], n < own.Count ? own[n] : null) is { } problem)
                return problem;
        }
        return null;
    }

    /// <summary>A valid ledger of adds and removes in random order.</summary>
    private List<string> Ledger(int size)
    {
        var lines = new List<string>();
        var standing = new List<(long N, string Country)>();
        for (long n = 0; n < size; n++)
        {
            if (standing.Count > 0 && _random.Next(3) == 0)
            {
                var of = standing[_random.Next(standing.Count)];
                standing.Remove(of);
                lines.Add(
                    LedgerLine
                        .OfRemove(
                            n,
                            of.N,
                            of.Country,
                            _random.Next(2) == 0 ? LedgerLine.BySigner : LedgerLine.Invalidated
                        )
                        .Text
                );
            }
            else
            {
                var country = ((string[])["GB", "NL", "ZZ"])[_random.Next(3)];
                var commitment = new byte[32];
                _random.NextBytes(commitment);
                standing.Add((n, country));
                lines.Add(LedgerLine.OfAdd(n, country, commitment).Text);
            }
        }
        return lines;
    }

    // Changes a hash digit, country, number or reason; some results are still well formed.
    private string Corrupt(string line)
    {
        var at = _random.Next(line.Length);
        var other =
            char.IsAsciiHexDigitLower(line[at]) ? (line[at] == 'a' ? 'b' : 'a')
            : line[at] == 'Z' ? 'N'
            : 'Z';
        return line[..at] + other + line[(at + 1)..];
    }

    private static List<string> Lines(params (string Country, long? Of)[] entries) =>
        [
            .. entries.Select(
                (entry, n) =>
                    entry.Of is { } of
                        ? LedgerLine.OfRemove(n, of, entry.Country, LedgerLine.BySigner).Text
                        : LedgerLine.OfAdd(n, entry.Country, SHA256.HashData([(byte)n])).Text
            ),
        ];

    private ILookup<long, string> Heads(IReadOnlyList<string> lines, params int[] also) =>
        Roots(lines, [.. Enumerable.Range(0, 3).Select(_ => _random.Next(1, lines.Count + 1)).Concat(also).Distinct()]);

    private static ILookup<long, string> Roots(IReadOnlyList<string> lines, params int[] sizes) =>
        sizes.ToLookup(size => (long)size, size => Root(lines.Take(size)));

    private static string Root(IEnumerable<string> lines)
    {
        var tree = new CompactRange();
        foreach (var line in lines)
            tree.Add(MerkleTree.Leaf(Encoding.UTF8.GetBytes(line)));
        return Convert.ToHexStringLower(tree.Root());
    }
}
