using Campaigns.Letters;

namespace Campaigns.Worker.Mail.Reports;

/// <summary>A message of a mail provider over HTTP.</summary>
/// <param name="State">Whether it is believed.</param>
/// <param name="Reports">What it says of letters; empty for other messages.</param>
/// <param name="Token">What the provider uses once; null where messages have none.</param>
public sealed record HookMessage(HookState State, IReadOnlyList<BounceReport> Reports, string? Token)
{
    /// <summary>Where an operator confirms a subscription; only of such a message.</summary>
    public string? SubscribeUrl { get; init; }

    public static HookMessage SwitchedOff { get; } = new(HookState.SwitchedOff, [], null);
    public static HookMessage Forged { get; } = new(HookState.Forged, [], null);

    /// <summary>A message that the provider sent.</summary>
    public static HookMessage Genuine(string? token, IEnumerable<BounceReport> reports) =>
        new(HookState.Genuine, [.. reports], token);
}
