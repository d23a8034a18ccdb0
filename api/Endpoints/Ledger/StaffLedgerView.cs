using Campaigns.Ledger;

namespace Campaigns.Api.Endpoints.Ledger;

/// <param name="AsOf">When this was read.</param>
/// <param name="Head">The newest head.</param>
/// <param name="Waiting">Entries that wait to be sealed.</param>
/// <param name="SealsBy">When they are sealed at the latest.</param>
/// <param name="Quarantined">Damaged entries, which are not sealed.</param>
/// <param name="Behind">True if more was published than this database has.</param>
/// <param name="Recount">The last recount; null before the first.</param>
/// <param name="Verification">The last self-check; null before the first.</param>
/// <param name="Verifying">The self-check that this server runs.</param>
public sealed record StaffLedgerView(
    DateTimeOffset AsOf,
    StaffHeadView Head,
    long Waiting,
    DateTimeOffset? SealsBy,
    long Quarantined,
    bool Behind,
    RecountView? Recount,
    LedgerVerification? Verification,
    VerifyingView? Verifying
)
{
    private static readonly DateTimeOffset _then = new(2019, 5, 17, 9, 0, 0, TimeSpan.Zero);

    public static StaffLedgerView Example { get; } =
        new(
            _then,
            new StaffHeadView(1_240, new string('a', 64), _then, 1_238),
            3,
            _then.AddMinutes(1),
            0,
            false,
            new RecountView(_then, 0),
            new LedgerVerification(_then, "Kari", 1_240, LedgerVerdict.Agrees),
            null
        );
}

public sealed record StaffHeadView(long Size, string Root, DateTimeOffset SealedAt, long Confirmed);

public sealed record RecountView(DateTimeOffset At, long Drift);

/// <param name="At">When it ended.</param>
/// <param name="Staff">Who started it.</param>
/// <param name="Size">The lines of the head that was verified.</param>
/// <param name="Result">
/// agrees, invalid-line, missing-lines, other-root, other-counts or invalid-signature.
/// </param>
public sealed record LedgerVerification(DateTimeOffset At, string? Staff, long Size, string Result);

public sealed record VerifyingView(long Done, long Size);
