using Campaigns.Packets;

namespace Campaigns.Tests.Unit.Rules;

public sealed class ApprovalRulesTests
{
    [Theory]
    [InlineData(Recipient.HighRisk, Disclosure.Name, Disclosure.Name, true)]
    [InlineData(Recipient.HighRisk, Disclosure.Initials, Disclosure.Name, true)]
    [InlineData(Recipient.HighRisk, Disclosure.Name, Disclosure.Initials, true)]
    [InlineData(Recipient.HighRisk, Disclosure.Count, Disclosure.Name, false)]
    [InlineData(Recipient.HighRisk, Disclosure.Name, Disclosure.Count, false)]
    [InlineData(Recipient.LowRisk, Disclosure.Name, Disclosure.Name, false)]
    public void Approval_is_needed_where_people_may_be_shown_to_high_risk(
        string risk,
        Disclosure packet,
        Disclosure recipient,
        bool needed
    ) => Assert.Equal(needed, ApprovalRules.IsNeeded(risk, packet, recipient));

    [Theory]
    [InlineData(null, false, false)]
    [InlineData(ApprovalState.Waiting, false, false)]
    [InlineData(ApprovalState.Declined, false, false)]
    [InlineData(ApprovalState.Approved, false, true)]
    [InlineData(ApprovalState.Approved, true, false)]
    public void Approval_counts_while_the_approver_is_a_member(string? state, bool left, bool counts) =>
        Assert.Equal(counts, ApprovalRules.Counts(state, left));

    [Fact]
    public void Member_who_asked_cannot_decide()
    {
        Assert.Equal(Refusal.OwnRequest, ApprovalRules.RefuseDecision(1, 1));
        Assert.Null(ApprovalRules.RefuseDecision(2, 1));
    }
}
