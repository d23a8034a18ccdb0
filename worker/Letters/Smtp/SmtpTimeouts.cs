namespace Campaigns.Worker.Letters.Smtp;

/// <summary>How long to wait for each step, by default what RFC 5321, 4.5.3.2 asks for.</summary>
internal sealed record SmtpTimeouts
{
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(30);
    public TimeSpan Command { get; init; } = TimeSpan.FromMinutes(5);
    public TimeSpan Data { get; init; } = TimeSpan.FromMinutes(2);
    public TimeSpan Block { get; init; } = TimeSpan.FromMinutes(3);
    public TimeSpan FinalDot { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Not in the RFC: whether a connection that was idle is still there; a new one is cheap.</summary>
    public TimeSpan Probe { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Not in the RFC: a courtesy that nobody waits for.</summary>
    public TimeSpan Quit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Not in the RFC: how long the letter under way may take once we are asked to stop.</summary>
    public TimeSpan Stop { get; init; } = TimeSpan.FromSeconds(5);
}
