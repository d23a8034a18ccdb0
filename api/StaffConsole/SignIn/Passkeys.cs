using System.Net;
using Campaigns.Db.SignIn;
using Campaigns.Worker;
using Microsoft.AspNetCore.Identity;

namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>
/// Makes and checks passkeys (Web Authentication). Identity keeps the challenge in a cookie for some
/// minutes. A passkey belongs to the host of <c>PublicUrl</c>.
/// </summary>
internal sealed class Passkeys(
    SignInManager<StaffAccount> identity,
    UserManager<StaffAccount> users,
    PublicAddress address
)
{
    public const int MostName = 60;

    /// <summary>The longest answer of a browser that is read.</summary>
    public const int MostAnswer = 8 * 1024;

    /// <summary>The host that new passkeys are for; null where browsers offer none.</summary>
    public static string? Host(PublicAddress address) =>
        new Uri(address.Url) is var url
        && !IPAddress.TryParse(url.Host.Trim('[', ']'), out _)
        && (url.Scheme == "https" || url.Host == "localhost")
            ? url.IdnHost
            : null;

    /// <summary>The options for a browser that makes a passkey, as JSON.</summary>
    public Task<string> MakeOptionsAsync(long staffId, string name, string signInName) =>
        identity.MakePasskeyCreationOptionsAsync(
            new PasskeyUserEntity
            {
                Id = Ids.Text(staffId),
                Name = signInName,
                DisplayName = name,
            }
        );

    /// <summary>The options for a browser that uses a passkey, as JSON.</summary>
    public Task<string> UseOptionsAsync() => identity.MakePasskeyRequestOptionsAsync(null);

    /// <summary>
    /// The passkey of a browser's answer; null if the answer is not for the options that this
    /// browser asked for, or for another member.
    /// </summary>
    public async Task<NewPasskey?> MakeAsync(string answer, long staffId, string name)
    {
        var result = await TryAsync(answer, identity.PerformPasskeyAttestationAsync);
        return result is { Succeeded: true, UserEntity.Id: var id }
            && id == Ids.Text(staffId)
            && Host(address) is { } host
            ? new NewPasskey(host, name, result.Passkey)
            : null;
    }

    /// <summary>The member who signs in with a passkey; null if the answer is wrong.</summary>
    public async Task<StaffAccount?> UseAsync(string answer)
    {
        var result = await TryAsync(answer, identity.PerformPasskeyAssertionAsync);
        if (result is not { Succeeded: true, User: { } account, Passkey: { } passkey })
            return null;
        await users.AddOrUpdatePasskeyAsync(account, passkey);
        return account;
    }

    // Identity throws where this browser asked for no options before, or the answer is no JSON.
    private static async Task<T?> TryAsync<T>(string answer, Func<string, Task<T>> perform)
        where T : class
    {
        if (answer.Length is 0 or > MostAnswer)
            return null;
        try
        {
            return await perform(answer);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
