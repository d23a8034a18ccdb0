namespace Campaigns.Db.Counts;

/// <summary>The signatures of a country or mail provider that reached each step.</summary>
public sealed record FunnelStep
{
    /// <summary>
    /// A country, or a name of <see cref="global::Campaigns.Signatures.MailProvider"/>.
    /// </summary>
    public required string Key { get; init; }
    public required long Signatures { get; init; }

    /// <summary>Those with a letter that a mail server accepted.</summary>
    public required long Letters { get; init; }

    /// <summary>
    /// Those whose letter came back or was refused for good; counted by mail provider only.
    /// </summary>
    public long Bounced { get; init; }

    /// <summary>Those whose owner pressed the button of the link.</summary>
    public required long Pressed { get; init; }
}
