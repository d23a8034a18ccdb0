using static Campaigns.Sendings.SendingAct;

namespace Campaigns.Sendings;

/// <summary>One cell of the table in <see cref="SendingLifecycle"/>.</summary>
/// <param name="State">The state afterwards; null if the act is refused.</param>
/// <param name="Refusal">Set if the act is refused; then nothing changes.</param>
public sealed record SendingTransition(string? State, Refusal? Refusal = null);

/// <summary>What each act does to a sending in each state, as one table.</summary>
public static class SendingLifecycle
{
    private static SendingTransition Wrong { get; } = new(null, Refusal.WrongState);
    private static SendingTransition Again { get; } = new(null, Refusal.AlreadySent);
    private static SendingTransition Waits { get; } = new(SendingState.Scheduled);
    private static SendingTransition Goes { get; } = new(SendingState.Sending);
    private static SendingTransition Stops { get; } = new(SendingState.Paused);
    private static SendingTransition Ends { get; } = new(SendingState.Sent);
    private static SendingTransition Drops { get; } = new(SendingState.Cancelled);

#pragma warning disable format // The columns stay aligned.
    private static readonly Dictionary<SendingAct, SendingTransition[]> _rows = new()
    {
        //          none   scheduled sending paused sent   cancelled
        [Begin] = [Waits, Again, Again, Again, Again, Waits],
        [Start] = [Wrong, Goes, Goes, Wrong, Wrong, Wrong],
        [Pause] = [Wrong, Stops, Stops, Stops, Wrong, Wrong],
        // It starts at once if its time has come.
        [Resume] = [Wrong, Waits, Goes, Waits, Wrong, Wrong],
        [Cancel] = [Wrong, Drops, Drops, Drops, Wrong, Drops],
        [Finish] = [Wrong, Wrong, Ends, Wrong, Ends, Wrong],
    };
#pragma warning restore format

    /// <summary>
    /// What the act does to a sending in this state; null before the first order.
    /// </summary>
    public static SendingTransition Find(string? state, SendingAct act) => _rows[act][Column(state)];

    private static int Column(string? state) =>
        state switch
        {
            null => 0,
            SendingState.Scheduled => 1,
            SendingState.Sending => 2,
            SendingState.Paused => 3,
            SendingState.Sent => 4,
            SendingState.Cancelled => 5,
            _ => throw new ArgumentOutOfRangeException(nameof(state)),
        };
}
