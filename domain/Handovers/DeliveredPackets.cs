namespace Campaigns.Handovers;

/// <summary>
/// Which packets are with the recipient, and since when. Posting or handing over starts the clock
/// of a packet. Its receipt moves the day once if it was posted. A return ends it.
/// </summary>
internal sealed class DeliveredPackets
{
    private readonly Dictionary<long, (DateOnly On, bool IsPosted)> _byId = [];

    /// <summary>The first day on which a packet counts as delivered; null without one.</summary>
    public DateOnly? DayZero => _byId.Count == 0 ? null : _byId.Values.Min(one => one.On);

    /// <summary>Applies an attempt and returns its act in the table.</summary>
    public HandoverAct Apply(AttemptFacts attempt)
    {
        foreach (var packet in attempt.Packets)
            Apply(packet, attempt);
        return attempt.Outcome switch
        {
            AttemptOutcome.Received => HandoverAct.Receive,
            AttemptOutcome.Posted => HandoverAct.Post,
            AttemptOutcome.LeftOutside => HandoverAct.LeaveOutside,
            AttemptOutcome.Refused => HandoverAct.Refuse,
            AttemptOutcome.Returned => _byId.Count == 0 ? HandoverAct.Return : HandoverAct.ReturnSome,
            _ => throw new ArgumentOutOfRangeException(nameof(attempt)),
        };
    }

    private void Apply(long packet, AttemptFacts attempt)
    {
        switch (attempt.Outcome)
        {
            case AttemptOutcome.Returned:
                _byId.Remove(packet);
                break;
            case AttemptOutcome.Posted:
                _byId.TryAdd(packet, (attempt.On, true));
                break;
            case AttemptOutcome.Received when !_byId.TryGetValue(packet, out var known) || known.IsPosted:
                _byId[packet] = (attempt.On, false);
                break;
        }
    }
}
