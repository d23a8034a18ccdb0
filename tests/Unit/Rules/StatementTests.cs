using System.Text.RegularExpressions;
using Campaigns.Db;
using Campaigns.Db.Packets;
using Campaigns.Db.Signatures;
using Campaigns.Letters;
using Campaigns.Packets;
using Campaigns.Signatures;

namespace Campaigns.Tests.Unit.Rules;

/// <summary>Statements that name states agree with the tables in domain.</summary>
public sealed partial class StatementTests
{
    [Fact]
    public void Condition_of_one_value_fits_a_partial_index_and_of_more_is_a_list()
    {
        Assert.Equal("state = 'pending'", SqlCondition.IsOneOf("state", [SignatureState.Pending]));
        Assert.Equal("status IN ('ready', 'stale')", SqlCondition.IsOneOf("status", ["ready", "stale"]));
    }

    // The lists that statements are composed from, written out: a change of a table that changes a statement is seen.
    [Theory]
    [InlineData(SignatureAct.Confirm, "pending")]
    [InlineData(SignatureAct.Expire, "pending")]
    [InlineData(SignatureAct.Release, "pending confirmed")]
    [InlineData(SignatureAct.BulkInvalidate, "pending confirmed")]
    public void Signatures_are_selected_by_these_states(SignatureAct act, string states) =>
        Assert.Equal(states, string.Join(' ', SignatureLifecycle.StatesChangedBy(act)));

    [Theory]
    [InlineData(PacketAct.Claim, "queued building")]
    [InlineData(PacketAct.Renew, "building")]
    [InlineData(PacketAct.Publish, "building")]
    [InlineData(PacketAct.Fail, "building")]
    [InlineData(PacketAct.Release, "building")]
    [InlineData(PacketAct.Invalidate, "ready")]
    [InlineData(PacketAct.Rebuild, "ready failed stale ended")]
    public void Packets_are_selected_by_these_statuses(PacketAct act, string statuses) =>
        Assert.Equal(statuses, string.Join(' ', PacketLifecycle.StatusesChangedBy(act)));

    [Fact]
    public void Waiting_packets_are_those_that_can_be_claimed() =>
        Assert.Equal(PacketLifecycle.StatusesChangedBy(PacketAct.Claim), Quoted(PacketQueue.IsWaiting));

    [Fact]
    public void Letters_that_do_not_count_for_the_limit_are_left_out() =>
        Assert.Equal(
            LetterState.All.Where(state => !LetterRules.CountsForLimit(state)),
            Quoted(Outbox.CountRecent)
        );

    private static IEnumerable<string> Quoted(string sql) =>
        QuotedWord().Matches(sql).Select(match => match.Groups[1].Value);

    [GeneratedRegex("'([a-z-]+)'")]
    private static partial Regex QuotedWord();
}
