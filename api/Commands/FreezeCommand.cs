using Campaigns.Db.Freezes;
using Campaigns.Db.Staff;
using static Campaigns.Api.Commands.CommandDefinition;

namespace Campaigns.Api.Commands;

internal static class FreezeCommand
{
    public static async Task<int> BeginAsync(string[] settings, string reason, string? until)
    {
        reason = reason.Trim();
        if (reason.Length is 0 or > Freeze.LongestReason)
            return WriteError($"--reason has 1 to {Freeze.LongestReason} characters.");
        DateTimeOffset? end = null;
        if (until is not null)
        {
            if (!Instant.TryParse(until, out var instant))
                return WriteError("--until must be an instant such as 2019-05-17T09:00:00Z.");
            if (instant <= TimeProvider.System.UtcNow())
                return WriteError("--until must be in the future.");
            end = instant;
        }
        await using var installation = CommandHost.OpenExisting(settings);
        await installation.Get<FreezeStore>().BeginAsync(reason, end, Actor.Operator);
        Console.WriteLine(
            end is { } at ? $"Frozen until {Instant.Text(at)}." : "Frozen until the command unfreeze ends it."
        );
        return 0;
    }

    public static async Task<int> EndAsync(string[] settings)
    {
        await using var installation = CommandHost.OpenExisting(settings);
        Console.WriteLine(
            await installation.Get<FreezeStore>().EndAsync(Actor.Operator) ? "No longer frozen." : "It was not frozen."
        );
        return 0;
    }
}
