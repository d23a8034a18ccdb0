using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Campaigns.Api.Pages;

internal static class PageResults
{
    /// <summary>
    /// A page that is rendered completely before its first byte is sent; parameters are those of
    /// the component, by name.
    /// </summary>
    public static RazorComponentResult<TPage> Page<TPage>(object parameters, int status = StatusCodes.Status200OK)
        where TPage : IComponent => new(parameters) { StatusCode = status, PreventStreamingRendering = true };

    /// <summary>A page with one message, named as in <see cref="MessagePage"/>.</summary>
    public static RazorComponentResult<MessagePage> Message(string key, int status = StatusCodes.Status200OK) =>
        Page<MessagePage>(new { Key = key }, status);

    public static RazorComponentResult<MessagePage> NotFound() => Message("NotFound", StatusCodes.Status404NotFound);

    public static RazorComponentResult<MessagePage> LinkNotUsable() =>
        Message("LinkNotUsable", StatusCodes.Status404NotFound);

    /// <summary>The same for links that only staff get; signing again brings no new one.</summary>
    public static RazorComponentResult<MessagePage> StaffLinkNotUsable() =>
        Message("StaffLinkNotUsable", StatusCodes.Status404NotFound);

    /// <summary>
    /// See Other, so that going back or reloading does not submit the form again. Preserves the
    /// reader's language.
    /// </summary>
    public static IResult SeeOther(HttpRequest request, string path)
    {
        request.HttpContext.Response.Headers.Location = PageLanguage.Link(request, path);
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }
}
