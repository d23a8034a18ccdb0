using Campaigns.Letters;
using Campaigns.Signatures;

namespace Campaigns.Tests.Unit.Rules;

/// <summary>
/// Every phase × every act of a signature, against a table that is written out here.
/// </summary>
public sealed class SignatureLifecycleTests
{
    private static readonly SignaturePhase[] _phases = Enum.GetValues<SignaturePhase>();
    private static readonly SignatureAct[] _acts = Enum.GetValues<SignatureAct>();

    // One word a phase: the phase afterwards, - for no change, or the code of the refusal in brackets.
    // pending, pending on hold, confirmed, confirmed on hold, cleared, invalidated, withdrawn, expired, erased,
    // bulk invalidated, bulk invalidated on hold
    private static readonly Dictionary<SignatureAct, string> _phasesAfter = new()
    {
        [SignatureAct.SignAgain] = "Pending Pending - - - - - - - - -",
        [SignatureAct.RequestLink] = "- - - - - - - - - - -",
        [SignatureAct.Confirm] =
            "Confirmed ConfirmedOnHold - - "
            + "[link-not-usable] [link-not-usable] [link-not-usable] [link-not-usable] [link-not-usable] "
            + "[link-not-usable] [link-not-usable]",
        [SignatureAct.ChangeUpdates] =
            "Pending PendingOnHold Confirmed ConfirmedOnHold "
            + "[not-signed-in] [wrong-state] Withdrawn [not-signed-in] [not-signed-in] [wrong-state] [wrong-state]",
        [SignatureAct.RaiseDisclosure] =
            "Pending PendingOnHold Confirmed ConfirmedOnHold "
            + "[not-signed-in] [wrong-state] [wrong-state] [not-signed-in] [not-signed-in] [wrong-state] [wrong-state]",
        [SignatureAct.LowerDisclosure] =
            "Pending PendingOnHold Confirmed ConfirmedOnHold "
            + "[not-signed-in] [wrong-state] [wrong-state] [not-signed-in] [not-signed-in] [wrong-state] [wrong-state]",
        [SignatureAct.CorrectPerson] =
            "Pending PendingOnHold Confirmed ConfirmedOnHold "
            + "[not-signed-in] [wrong-state] [wrong-state] [not-signed-in] [not-signed-in] [wrong-state] [wrong-state]",
        [SignatureAct.ReadReceipt] =
            "[not-yet-sealed] [not-yet-sealed] - [not-yet-sealed] "
            + "[not-signed-in] [wrong-state] [wrong-state] [not-signed-in] [not-signed-in] [wrong-state] [wrong-state]",
        [SignatureAct.Withdraw] =
            "Withdrawn Withdrawn Withdrawn Withdrawn [not-signed-in] [wrong-state] - [not-signed-in] [not-signed-in] "
            + "Withdrawn Withdrawn",
        [SignatureAct.Erase] = "Erased Erased Erased Erased Erased Erased Erased Erased - Erased Erased",
        [SignatureAct.NotMe] =
            "Erased Erased Erased Erased [link-not-usable] Erased Erased [link-not-usable] [link-not-usable] "
            + "Erased Erased",
        [SignatureAct.Resend] =
            "- - [wrong-state] [wrong-state] [wrong-state] [wrong-state] [wrong-state] [wrong-state] [wrong-state] "
            + "[wrong-state] [wrong-state]",
        [SignatureAct.Release] =
            "- Pending - Confirmed - [wrong-state] [wrong-state] [wrong-state] [wrong-state] "
            + "[wrong-state] [wrong-state]",
        [SignatureAct.Invalidate] =
            "Invalidated Invalidated Invalidated Invalidated "
            + "[wrong-state] - [wrong-state] [wrong-state] [wrong-state] - -",
        [SignatureAct.InvalidateError] =
            "Invalidated Invalidated Invalidated Invalidated "
            + "[wrong-state] - [wrong-state] [wrong-state] [wrong-state] - -",
        [SignatureAct.BulkInvalidate] =
            "BulkInvalidated BulkInvalidatedOnHold BulkInvalidated BulkInvalidatedOnHold - - - - - - -",
        [SignatureAct.UndoConfirmed] = "- - - - - - - - - Confirmed ConfirmedOnHold",
        [SignatureAct.UndoUnconfirmed] = "- - - - - - - - - Pending PendingOnHold",
        [SignatureAct.EndUndo] = "- - - - - - - - - Invalidated Invalidated",
        [SignatureAct.Expire] = "Expired Expired - - - - - - - - -",
        [SignatureAct.EndTerm] = "Expired Expired Cleared Erased - Invalidated Withdrawn - - Invalidated Invalidated",
        [SignatureAct.ImportLine] = "Confirmed Confirmed - Confirmed - - - - - - -",
    };

    // What the ledger's queue gets: + an add, x a remove, . nothing.
    private static readonly Dictionary<SignatureAct, string> _ledger = new()
    {
        [SignatureAct.SignAgain] = ". . . . . . . . . . .",
        [SignatureAct.RequestLink] = ". . . . . . . . . . .",
        [SignatureAct.Confirm] = "+ . . . . . . . . . .",
        [SignatureAct.ChangeUpdates] = ". . . . . . . . . . .",
        [SignatureAct.RaiseDisclosure] = ". . . . . . . . . . .",
        [SignatureAct.LowerDisclosure] = ". . . . . . . . . . .",
        [SignatureAct.CorrectPerson] = ". . . . . . . . . . .",
        [SignatureAct.ReadReceipt] = ". . . . . . . . . . .",
        [SignatureAct.Withdraw] = ". . x . . . . . . . .",
        [SignatureAct.Erase] = ". . x . x . . . . . .",
        [SignatureAct.NotMe] = ". . x . . . . . . . .",
        [SignatureAct.Resend] = ". . . . . . . . . . .",
        [SignatureAct.Release] = ". . . + . . . . . . .",
        [SignatureAct.Invalidate] = ". . x . . . . . . . .",
        [SignatureAct.InvalidateError] = ". . x . . . . . . . .",
        [SignatureAct.BulkInvalidate] = ". . x . . . . . . . .",
        [SignatureAct.UndoConfirmed] = ". . . . . . . . . + .",
        [SignatureAct.UndoUnconfirmed] = ". . . . . . . . . . .",
        [SignatureAct.EndUndo] = ". . . . . . . . . . .",
        [SignatureAct.Expire] = ". . . . . . . . . . .",
        [SignatureAct.EndTerm] = ". . . . . . . . . . .",
        // The line is published already. A signature that must not have one gets a remove.
        [SignatureAct.ImportLine] = ". . . . . x x . . x x",
    };

    // The other effects where a phase changes anything: data, address, packets, letter.
    private static readonly Dictionary<SignatureAct, string> _effects = new()
    {
        [SignatureAct.SignAgain] = "Pending: Replaced Kept None confirm; Confirmed: Kept Kept None already-signed",
        [SignatureAct.RequestLink] = "Pending: Kept Kept None manage; Confirmed: Kept Kept None manage",
        [SignatureAct.Confirm] = "Pending: Kept Kept None manage",
        [SignatureAct.ChangeUpdates] =
            "Pending: Changed Kept None; Confirmed: Changed Kept None; Withdrawn: Changed Kept None",
        [SignatureAct.RaiseDisclosure] = "Pending: Changed Kept None; Confirmed: Changed Kept None",
        [SignatureAct.LowerDisclosure] = "Pending: Changed Kept WithLine; Confirmed: Changed Kept WithLine",
        [SignatureAct.CorrectPerson] = "Pending: Changed Kept WithLine; Confirmed: Changed Kept WithLine",
        [SignatureAct.ReadReceipt] = "",
        [SignatureAct.Withdraw] =
            "Pending: Kept Freed WithLine; Confirmed: Kept Freed WithLine; BulkInvalidated: Kept Freed WithLine",
        [SignatureAct.Erase] =
            "Pending: Cleared Freed WithLine; Confirmed: Cleared Freed WithLine; Cleared: Cleared Freed WithLine; "
            + "Invalidated: Cleared Freed WithLine; Withdrawn: Cleared Freed WithLine; "
            + "Expired: Cleared Freed WithLine; BulkInvalidated: Cleared Freed WithLine",
        [SignatureAct.NotMe] =
            "Pending: Cleared Suppressed WithLine; Confirmed: Cleared Suppressed WithLine; "
            + "Invalidated: Cleared Suppressed WithLine; Withdrawn: Cleared Suppressed WithLine; "
            + "BulkInvalidated: Cleared Suppressed WithLine",
        [SignatureAct.Resend] = "Pending: Kept Kept None confirm",
        [SignatureAct.Release] = "PendingOnHold: Kept Kept None; ConfirmedOnHold: Kept Kept None",
        [SignatureAct.Invalidate] = "Pending: Kept Kept WithLine; Confirmed: Kept Kept WithLine",
        [SignatureAct.InvalidateError] = "Pending: Kept Freed WithLine; Confirmed: Kept Freed WithLine",
        [SignatureAct.BulkInvalidate] = "Pending: Kept Freed WithLine; Confirmed: Kept Freed WithLine",
        [SignatureAct.UndoConfirmed] = "BulkInvalidated: Kept Restored None",
        [SignatureAct.UndoUnconfirmed] = "BulkInvalidated: Kept Restored None",
        [SignatureAct.EndUndo] = "BulkInvalidated: Cleared Freed None",
        [SignatureAct.Expire] = "Pending: Cleared Freed None",
        [SignatureAct.EndTerm] =
            "Pending: Cleared Freed None; Confirmed: Cleared Freed All; ConfirmedOnHold: Cleared Freed WithLine; "
            + "Invalidated: Cleared Freed All; Withdrawn: Cleared Freed All; BulkInvalidated: Cleared Freed All",
        [SignatureAct.ImportLine] = "Pending: Kept Kept None; ConfirmedOnHold: Kept Kept None",
    };

    public static TheoryData<SignatureAct> Acts => [.. _acts];

    [Fact]
    public void The_expected_tables_name_every_act()
    {
        Assert.Equal(_acts, _phasesAfter.Keys.Order());
        Assert.Equal(_acts, _ledger.Keys.Order());
        Assert.Equal(_acts, _effects.Keys.Order());
    }

    [Theory]
    [MemberData(nameof(Acts))]
    public void Act_leads_each_phase_where_the_table_says(SignatureAct act) =>
        Assert.Equal(_phasesAfter[act], string.Join(' ', _phases.Select(phase => After(phase, act))));

    [Theory]
    [MemberData(nameof(Acts))]
    public void Act_queues_for_the_ledger_what_the_table_says(SignatureAct act) =>
        Assert.Equal(
            _ledger[act],
            string.Join(
                ' ',
                _phases.Select(phase =>
                    SignatureLifecycle.Find(phase, act).Ledger(phase) switch
                    {
                        LedgerEffect.Add => "+",
                        LedgerEffect.Remove => "x",
                        _ => ".",
                    }
                )
            )
        );

    [Theory]
    [MemberData(nameof(Acts))]
    public void Act_has_the_other_effects_that_the_table_says(SignatureAct act)
    {
        var expected = _effects[act]
            .Split("; ", StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => entry.Split(": "))
            .ToDictionary(entry => entry[0], entry => entry[1], StringComparer.Ordinal);
        foreach (var phase in _phases)
        {
            var transition = SignatureLifecycle.Find(phase, act);
            var changes = transition.ChangesRow || transition.Letter is not null;
            // A phase on hold has the effects of the same phase without a hold, unless the table names it.
            var words =
                expected.GetValueOrDefault(phase.ToString())
                ?? expected.GetValueOrDefault(phase.ToString().Replace("OnHold", "", StringComparison.Ordinal));
            var named = expected.ContainsKey(phase.ToString());
            if (!named && !changes)
                continue;
            Assert.Equal(
                words,
                $"{transition.Data} {transition.Address} {transition.Packets} {transition.Letter}".TrimEnd()
            );
        }
        Assert.All(
            expected.Keys,
            phase =>
            {
                var transition = SignatureLifecycle.Find(Enum.Parse<SignaturePhase>(phase), act);
                Assert.True(transition.ChangesRow || transition.Letter is not null, $"{phase} does not change.");
            }
        );
    }

    [Theory]
    [InlineData("pending", false, true, SignaturePhase.Pending, "pending")]
    [InlineData("pending", true, true, SignaturePhase.PendingOnHold, "held")]
    [InlineData("confirmed", false, true, SignaturePhase.Confirmed, "confirmed")]
    [InlineData("confirmed", true, true, SignaturePhase.ConfirmedOnHold, "held")]
    [InlineData("confirmed", false, false, SignaturePhase.Cleared, "confirmed")]
    [InlineData("invalidated", false, true, SignaturePhase.Invalidated, "invalidated")]
    [InlineData("invalidated", true, false, SignaturePhase.Invalidated, "invalidated")]
    [InlineData("withdrawn", true, true, SignaturePhase.Withdrawn, "withdrawn")]
    [InlineData("withdrawn", false, false, SignaturePhase.Withdrawn, "withdrawn")]
    [InlineData("expired", false, false, SignaturePhase.Expired, "expired")]
    [InlineData("erased", false, false, SignaturePhase.Erased, "erased")]
    public void Phase_and_bucket_of_a_row(string state, bool onHold, bool hasData, SignaturePhase phase, string bucket)
    {
        Assert.Equal(phase, SignaturePhases.From(state, onHold, hasData, canUndo: false));
        Assert.Equal(state, phase.State());
        Assert.Equal(bucket, phase.Bucket());
        Assert.Equal(bucket, SignatureState.Bucket(state, onHold));
    }

    [Theory]
    [InlineData(false, SignaturePhase.BulkInvalidated)]
    [InlineData(true, SignaturePhase.BulkInvalidatedOnHold)]
    public void Bulk_invalidated_signature_is_counted_as_invalidated(bool onHold, SignaturePhase phase)
    {
        Assert.Equal(phase, SignaturePhases.From("invalidated", onHold, hasData: true, canUndo: true));
        Assert.Equal(("invalidated", "invalidated"), (phase.State(), phase.Bucket()));
        Assert.False(phase.IsCounted());
    }

    [Fact]
    public void Terms_of_links_and_suppressions()
    {
        Assert.Equal(TimeSpan.FromDays(7), SignatureLifecycle.RepeatWindow);
        Assert.Equal(TimeSpan.FromDays(90), SignatureLifecycle.NotMeSuppression);
        Assert.Equal(TimeSpan.FromDays(7), LetterRules.LinkLifetime);
    }

    private static string After(SignaturePhase phase, SignatureAct act)
    {
        var transition = SignatureLifecycle.Find(phase, act);
        if (transition.Refusal is { } refusal)
            return $"[{refusal.Code}]";
        return transition.ChangesRow ? transition.Next(phase).ToString() : "-";
    }
}
