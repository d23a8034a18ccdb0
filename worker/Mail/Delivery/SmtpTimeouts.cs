namespace Campaigns.Worker.Mail.Delivery;

/// <summary>The time-out of each step; the defaults are those of RFC 5321, 4.5.3.2.</summary>
internal sealed record SmtpTimeouts
{
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan Command { get; init; } = TimeSpan.FromMinutes(5);
    public TimeSpan Data { get; init; } = TimeSpan.FromMinutes(2);
    public TimeSpan Block { get; init; } = TimeSpan.FromMinutes(3);
    public TimeSpan FinalDot { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Not in the RFC: for checking an idle connection. A new connection is cheap.
    /// </summary>
    public TimeSpan Probe { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Not in the RFC: the end of a session; no letter depends on it.</summary>
    public TimeSpan Quit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Not in the RFC: time for the current letter once the process begins to stop.
    /// </summary>
    public TimeSpan Stop { get; init; } = TimeSpan.FromSeconds(5);
}
