using Campaigns.Signatures;

namespace Campaigns.Api.Pages;

/// <summary>What became of a form.</summary>
/// <param name="Campaign">The campaign as it is now.</param>
/// <param name="Form">What was typed.</param>
/// <param name="Refusal">Why the form comes back; null when the signature is stored.</param>
/// <param name="MeantDomain">The provider whose domain the typed one almost is.</param>
internal sealed record SubmittedSignature(
    Campaign Campaign,
    SignatureForm Form,
    Refusal? Refusal,
    string? MeantDomain = null
)
{
    public int Status =>
        Refusal switch
        {
            null => StatusCodes.Status200OK,
            { Errors: not null } => StatusCodes.Status400BadRequest,
            { Code: var code } when code == Refusal.Overloaded.Code => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status409Conflict,
        };

    /// <summary>
    /// The address of the page after signing. It gets the name of a known provider, never what was
    /// typed.
    /// </summary>
    public string ThanksAt(string page) =>
        MeantDomain is null ? $"{page}/thanks" : $"{page}/thanks?meant={MeantDomain}";

    /// <summary>The domain if it is one of a known provider; else null.</summary>
    public static string? KnownDomain(string? meant) =>
        meant is not null && MailProviders.Contains(meant) ? meant : null;
}
