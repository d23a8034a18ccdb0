using System.Net;
using Campaigns.Db.SignIn;
using Campaigns.Worker;
using Microsoft.AspNetCore.Identity;

namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>
/// Makes and checks passkeys (Web Authentication) with the handler of ASP.NET Core Identity. A
/// passkey belongs to the host of <c>PublicUrl</c>.
/// </summary>
internal sealed class Passkeys(
    IPasskeyHandler<StaffAccount> handler,
    PasskeyStore store,
    PasskeyCookie cookie,
    PublicAddress address
)
{
    public const int MostName = 60;

    // An answer has a public key, a signature and a certificate chain at most.
    private const int MostAnswer = 8 * 1024;

    /// <summary>The host that new passkeys are for; null where browsers offer none.</summary>
    public static string? Host(PublicAddress address) =>
        new Uri(address.Url) is var url
        && !IPAddress.TryParse(url.Host.Trim('[', ']'), out _)
        && (url.Scheme == "https" || url.Host == "localhost")
            ? url.IdnHost
            : null;

    /// <summary>The options for a browser that makes a passkey.</summary>
    public async Task<IResult> MakeOptionsAsync(HttpContext context, long staffId, string name, string signInName)
    {
        var options = await handler.MakeCreationOptionsAsync(
            new PasskeyUserEntity
            {
                Id = Ids.Text(staffId),
                Name = signInName,
                DisplayName = name,
            },
            context
        );
        return Answer(context, options.CreationOptionsJson, options.AttestationState);
    }

    /// <summary>The options for a browser that uses a passkey, of whichever member.</summary>
    public async Task<IResult> UseOptionsAsync(HttpContext context)
    {
        var options = await handler.MakeRequestOptionsAsync(null, context);
        return Answer(context, options.RequestOptionsJson, options.AssertionState);
    }

    /// <summary>
    /// The passkey of a browser's answer; null if the answer is not for the options that this
    /// browser asked for, or for another member.
    /// </summary>
    public async Task<NewPasskey?> MakeAsync(HttpContext context, string answer, long staffId, string name)
    {
        if (Host(address) is not { } host || answer.Length > MostAnswer || cookie.Take(context) is not { } state)
            return null;
        var result = await handler.PerformAttestationAsync(
            new PasskeyAttestationContext
            {
                HttpContext = context,
                CredentialJson = answer,
                AttestationState = state,
            }
        );
        return result is { Succeeded: true, UserEntity.Id: var id } && id == Ids.Text(staffId)
            ? new NewPasskey(host, name, result.Passkey)
            : null;
    }

    /// <summary>The member who signs in with a passkey; null if the answer is wrong.</summary>
    public async Task<StaffAccount?> UseAsync(HttpContext context, string answer)
    {
        if (answer.Length > MostAnswer || cookie.Take(context) is not { } state)
            return null;
        var result = await handler.PerformAssertionAsync(
            new PasskeyAssertionContext
            {
                HttpContext = context,
                CredentialJson = answer,
                AssertionState = state,
            }
        );
        if (result is not { Succeeded: true, User: { } account, Passkey: { } passkey })
            return null;
        await store.UseAsync(passkey);
        return account;
    }

    private IResult Answer(HttpContext context, string options, string? state)
    {
        cookie.Write(context.Response, state ?? "");
        return Results.Content(options, "application/json; charset=utf-8");
    }
}
