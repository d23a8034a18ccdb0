using Campaigns.Api.Http;
using Campaigns.Signatures;
using Campaigns.Subscribers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Campaigns.Api.Pages;

/// <summary>
/// Reads the forms of the pages. The fields have the names of the JSON contract.
/// </summary>
internal static class PageForm
{
    /// <summary>The size limit, far above the size of any form.</summary>
    public const int Most = 16 * 1024;

    /// <summary>
    /// True for a form as the pages send it. Other encodings and character sets are refused,
    /// because the framework throws for some of them.
    /// </summary>
    public static bool IsForm(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
        && BodyCharset.IsUtf8(request);

    /// <summary>True for the request of a form that <see cref="ReadAsync"/> has read.</summary>
    public static bool WasRead(HttpRequest request) =>
        request.HttpContext.Features.Get<IFormFeature>()?.Form is not null;

    /// <summary>
    /// Returns null when the body is not a form, or is too large or malformed.
    /// </summary>
    public static async Task<IFormCollection?> ReadAsync(HttpRequest request)
    {
        if (!IsForm(request))
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

    /// <summary>
    /// Reads the form of a page whose button may be pressed without one: no body is an empty form.
    /// </summary>
    public static async Task<IFormCollection?> ReadOptionalAsync(HttpRequest request) =>
        await ReadAsync(request) ?? (request.ContentLength > 0 ? null : FormCollection.Empty);

    /// <summary>The page for a body that <see cref="ReadAsync"/> cannot read.</summary>
    public static IResult Refuse(HttpRequest request) =>
        PageResults.Message(
            "Refused",
            IsForm(request) ? StatusCodes.Status400BadRequest : StatusCodes.Status415UnsupportedMediaType
        );

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
            Updates = Choice(form, "consents.updates"),
        };

    /// <summary>The form that asks for updates, in the language of its page.</summary>
    public static SubscriptionForm Subscription(IFormCollection form) =>
        new()
        {
            Email = form["email"],
            Country = form["country"],
            Locale = PageLanguage.Current,
            Consent = IsChecked(form, "consent"),
            NoticeVersion = form["noticeVersion"],
        };

    /// <summary>The value of a checked box, and of one of two choices.</summary>
    public const string Yes = "yes";

    /// <summary>The other choice.</summary>
    public const string No = "no";

    public static bool IsChecked(IFormCollection form, string field) => form[field] == Yes;

    /// <summary>What was chosen of yes and no; null for neither.</summary>
    public static bool? Choice(IFormCollection form, string field) =>
        form[field] == Yes ? true
        : form[field] == No ? false
        : null;
}
