using Campaigns.Signatures;

namespace Campaigns.Api.Pages;

/// <summary>
/// Reads what a form of ours sends. The fields bear the names of the JSON contract.
/// </summary>
internal static class PageForm
{
    /// <summary>No form of ours comes near this.</summary>
    public const int Most = 16 * 1024;

    /// <summary>
    /// Null when the body is no form, or one larger or stranger than any of ours.
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
