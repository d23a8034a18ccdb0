using Campaigns.Ledger;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Unit.Ledger;

public sealed class LedgerVerdictTests
{
    private static readonly DateTimeOffset _sealedAt = new(2026, 5, 17, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Head_that_its_lines_give_agrees()
    {
        var head = Head(2);
        Assert.Equal(LedgerVerdict.Agrees, LedgerVerdict.Of(Replay(2), head, head));
        var empty = Head(0);
        Assert.Equal(LedgerVerdict.Agrees, LedgerVerdict.Of(Replay(0), empty, empty));
    }

    [Fact]
    public void Verdict_names_what_differs()
    {
        var head = Head(2);
        Assert.Equal(LedgerVerdict.MissingLines, LedgerVerdict.Of(Replay(1), head, head));
        var root = head with { Root = new string('0', 64) };
        Assert.Equal(LedgerVerdict.OtherRoot, LedgerVerdict.Of(Replay(2), root, root));
        var counts = head with { Counts = new Dictionary<string, long> { ["NL"] = 2 } };
        Assert.Equal(LedgerVerdict.OtherCounts, LedgerVerdict.Of(Replay(2), counts, counts));
        Assert.Equal(LedgerVerdict.InvalidSignature, LedgerVerdict.Of(Replay(2), head, null));
        Assert.Equal(LedgerVerdict.InvalidSignature, LedgerVerdict.Of(Replay(2), head, root));
    }

    private static TreeHead Head(int lines)
    {
        var replay = Replay(lines);
        return new TreeHead(
            CampaignFixture.Slug,
            lines,
            Convert.ToHexStringLower(replay.Root()),
            _sealedAt,
            replay.Counts
        );
    }

    private static LedgerReplay Replay(int lines)
    {
        var replay = new LedgerReplay();
        for (var n = 0; n < lines; n++)
            Assert.Null(replay.Add(LedgerLine.OfAdd(n, "GB", new byte[LedgerLine.CommitmentBytes]).Text));
        return replay;
    }
}
