using System.ComponentModel.DataAnnotations;

namespace Campaigns.Db.Subscribers;

/// <summary>Section <c>Subscribers</c>: how long subscriptions are kept.</summary>
public sealed class SubscriberOptions
{
    /// <summary>
    /// The months after the last update that was sent, or after the subscription when none was,
    /// when a subscription ends. Links that unsubscribe work as long after their letter.
    /// </summary>
    [Range(1, 120)]
    public int KeepMonths { get; set; } = 24;

    /// <summary>How long a subscription that was not confirmed is kept.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "30.00:00:00")]
    public TimeSpan UnconfirmedFor { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How long after the end of a sending its letters are kept. Until then a cancelled sending may
    /// begin again, because the letters tell who has the update.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepLettersFor { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long after its campaign was archived a subscription ends.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepAfterArchiving { get; set; } = TimeSpan.FromDays(90);
}
