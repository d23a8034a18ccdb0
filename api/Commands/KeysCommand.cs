using Campaigns.Db.Keys;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Commands;

/// <summary>
/// Exit codes: 0 done; 1 refused, with a line that gives the reason or the time when it is allowed.
/// </summary>
internal static class KeysCommand
{
    public static async Task<int> ListAsync(string[] settings)
    {
        await using var installation = CommandHost.OpenExisting(settings);
        var keys = installation.Get<KeyStore>().ListWithUses();
        foreach (var key in keys)
            Console.WriteLine(
                string.Join(
                        '\t',
                        key.Kind,
                        key.Version,
                        Instant.Text(key.CreatedAt),
                        State(key, keys.Last(other => other.Kind == key.Kind) == key),
                        Uses(key)
                    )
                    .TrimEnd()
            );
        return 0;
    }

    public static async Task<int> RotateAsync(string[] settings, string kind)
    {
        await using var installation = CommandHost.OpenExisting(settings);
        return Report(
            await installation.Get<KeyStore>().RotateAsync(kind, Actor.Operator),
            kind,
            "is in use; a running server loads it without a restart. Copy the file to your backup of the keys."
        );
    }

    public static async Task<int> RetireAsync(string[] settings, string kind, int version)
    {
        await using var installation = CommandHost.OpenExisting(settings);
        return Report(
            await installation.Get<KeyStore>().RetireAsync(kind, version, Actor.Operator),
            kind,
            "is no longer needed here. Backups made before now still need it."
        );
    }

    private static int Report(KeyChange change, string kind, string done)
    {
        if (change.Refused is { } reason)
            Console.Error.WriteLine(reason);
        else
            Console.WriteLine($"{kind}-{change.Version}.key {done}");
        return change.Refused is null ? 0 : 1;
    }

    private static string State(KeyVersion key, bool newest) =>
        key switch
        {
            { RetiredAt: { } at } => $"retired {Instant.Text(at)}",
            _ when newest => "current",
            { VerifiesUntil: { } until } => $"verifies until {Instant.Text(until)}",
            _ => "old",
        };

    private static string Uses(KeyVersion key) =>
        string.Join(", ", Count(key.Rows, "row").Concat(Count(key.Suppressions, "suppression")));

    private static IEnumerable<string> Count(long? number, string what) =>
        number is { } rows ? [Plural.Count(rows, what)] : [];
}
