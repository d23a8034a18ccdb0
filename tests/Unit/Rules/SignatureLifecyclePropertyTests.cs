using Campaigns.Ledger;
using Campaigns.Signatures;

namespace Campaigns.Tests.Unit.Rules;

/// <summary>What holds for every phase × every act of a signature.</summary>
public sealed class SignatureLifecyclePropertyTests
{
    private static readonly SignaturePhase[] _phases = Enum.GetValues<SignaturePhase>();
    private static readonly SignatureAct[] _acts = Enum.GetValues<SignatureAct>();

    [Fact]
    public void A_refused_act_has_no_effect()
    {
        foreach (var (_, _, transition) in Cells().Where(cell => cell.Transition.Refusal is not null))
        {
            Assert.False(transition.ChangesRow);
            Assert.Null(transition.Letter);
            Assert.Equal(StalePackets.None, transition.Packets);
        }
    }

    [Fact]
    public void What_a_person_ended_stays_ended()
    {
        SignaturePhase[] ended =
        [
            SignaturePhase.Invalidated,
            SignaturePhase.Withdrawn,
            SignaturePhase.Expired,
            SignaturePhase.Erased,
        ];
        foreach (var (phase, act, transition) in Cells().Where(cell => ended.Contains(cell.Phase)))
        {
            var next = transition.Next(phase);
            Assert.True(ended.Contains(next), $"{act} brings {phase} back to {next}.");
            Assert.False(next.IsCounted());
            Assert.NotEqual(LedgerEffect.Add, transition.Ledger(phase));
            Assert.Null(transition.Letter);
        }
        Assert.All(_acts, act => Assert.False(SignatureLifecycle.Find(SignaturePhase.Erased, act).ChangesRow));
    }

    [Fact]
    public void The_ledger_follows_the_count()
    {
        foreach (var (phase, act, transition) in Cells().Where(cell => !cell.Transition.HasPublishedLine))
        {
            var (before, after) = (phase.IsCounted(), transition.Next(phase).IsCounted());
            var expected =
                before == after ? LedgerEffect.None
                : after ? LedgerEffect.Add
                : LedgerEffect.Remove;
            Assert.True(expected == transition.Ledger(phase), $"{act} of {phase}");
        }
    }

    [Fact]
    public void Packets_with_a_line_become_stale_when_the_line_is_removed_or_shows_less()
    {
        foreach (var (phase, act, transition) in Cells().Where(cell => cell.Act != SignatureAct.ImportLine))
        {
            if (transition.Ledger(phase) == LedgerEffect.Remove || act == SignatureAct.LowerDisclosure)
                Assert.True(
                    transition.Packets == StalePackets.WithLine || transition.Refusal is not null,
                    $"{act} of {phase}"
                );
        }
        var raised = SignatureLifecycle.Find(SignaturePhase.Confirmed, SignatureAct.RaiseDisclosure);
        Assert.Equal(StalePackets.None, raised.Packets);
    }

    [Fact]
    public void Only_a_link_an_undo_or_the_ledger_leads_to_confirmed()
    {
        var entering = Cells()
            .Where(cell => cell.Phase.State() != SignatureState.Confirmed)
            .Where(cell => cell.Transition.Next(cell.Phase).State() == SignatureState.Confirmed)
            .Select(cell => cell.Act)
            .Distinct();
        Assert.Equal(
            [SignatureAct.Confirm, SignatureAct.UndoConfirmed, SignatureAct.ImportLine],
            entering.Order()
        );
    }

    [Fact]
    public void A_hold_ends_only_by_a_newer_request_a_release_or_a_published_line()
    {
        var ending = Cells()
            .Where(cell => cell.Phase.IsOnHold() && cell.Transition.EndsHold)
            .Select(cell => cell.Act)
            .Distinct();
        Assert.Equal([SignatureAct.SignAgain, SignatureAct.Release, SignatureAct.ImportLine], ending.Order());
    }

    [Fact]
    public void An_act_repeated_changes_nothing_more()
    {
        foreach (var (phase, act, transition) in Cells().Where(cell => cell.Transition.State is not null))
        {
            var again = SignatureLifecycle.Find(transition.Next(phase), act);
            Assert.True(again.State is null || again.Next(transition.Next(phase)) == transition.Next(phase), $"{act}");
            Assert.NotEqual(LedgerEffect.Add, again.Ledger(transition.Next(phase)));
        }
    }

    [Fact]
    public void Changing_a_choice_is_refused_alike_for_all_choices()
    {
        foreach (var phase in _phases)
        {
            var refusal = SignatureLifecycle.Find(phase, SignatureAct.RaiseDisclosure).Refusal;
            Assert.Equal(refusal, SignatureLifecycle.Find(phase, SignatureAct.LowerDisclosure).Refusal);
            Assert.Equal(phase <= SignaturePhase.ConfirmedOnHold, refusal is null);
            // A signer who withdrew may still get updates.
            var updates = SignatureLifecycle.Find(phase, SignatureAct.ChangeUpdates).Refusal;
            Assert.Equal(phase == SignaturePhase.Withdrawn ? null : refusal, updates);
        }
    }

    [Fact]
    public void The_reason_of_an_invalidation_chooses_the_act_and_the_line()
    {
        Assert.Equal(SignatureAct.InvalidateError, SignatureLifecycle.Invalidation("error"));
        Assert.Equal(SignatureAct.Invalidate, SignatureLifecycle.Invalidation("copied from a list"));
        foreach (var (phase, act, transition) in Cells())
        {
            if (transition.Ledger(phase) != LedgerEffect.Remove)
                continue;
            var invalidated =
                act is SignatureAct.Invalidate or SignatureAct.InvalidateError or SignatureAct.BulkInvalidate
                || (act == SignatureAct.ImportLine && phase.State() == SignatureState.Invalidated);
            Assert.Equal(invalidated ? LedgerLine.Invalidated : LedgerLine.BySigner, transition.RemoveReason);
        }
    }

    private static IEnumerable<(SignaturePhase Phase, SignatureAct Act, SignatureTransition Transition)> Cells() =>
        from phase in _phases
        from act in _acts
        select (phase, act, SignatureLifecycle.Find(phase, act));
}
