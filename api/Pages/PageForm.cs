using Campaigns.Signatures;

namespace Campaigns.Api.Pages;

/// <summary>
/// Reads the forms of the pages. The fields have the names of the JSON contract.
/// </summary>
internal static class PageForm
{
    /// <summary>The size limit, far above the size of any form.</summary>
    public const int Most = 16 * 1024;

    /// <summary>
    /// Returns null when the body is not a form, or is too large or malformed.
    /// </summary>
    public static async Task<IFormCollection?> ReadAsync(HttpRequest request)
    {
        if (!request.HasFormContentType)
            return null;
        try
        {
            return await request.ReadFormAsync(request.HttpContext.RequestAborted);
        }
        catch (Exception exception) when (exception is InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }

    public static SignatureForm Signature(IFormCollection form) =>
        new()
        {
            Name = form["name"],
            Email = form["email"],
            Country = form["country"],
            Locality = form["locality"],
            Locale = form["locale"],
            Disclosure = form["disclosure"],
            TextHash = form["textHash"],
            Sign = IsChecked(form, "consents.sign"),
            Updates = IsChecked(form, "consents.updates"),
        };

    public static bool IsChecked(IFormCollection form, string field) => form[field] == "yes";
}
