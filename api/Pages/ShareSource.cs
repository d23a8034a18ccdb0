using Campaigns.Sharing;
using Microsoft.Extensions.Primitives;

namespace Campaigns.Api.Pages;

/// <summary>
/// The share code that a visitor came with: <c>?s=CODE</c>, or the field of a form. It is in no
/// cookie.
/// </summary>
internal static class ShareSource
{
    public const string Key = "s";
    public const string Field = "source";

    /// <summary>
    /// The code, <see cref="ShareCodes.Other"/> for what cannot be one, or null without one.
    /// </summary>
    public static string? Of(HttpRequest request) =>
        Read(request.Query[Key]) ?? (PageForm.WasRead(request) ? Read(request.Form[Field]) : null);

    private static string? Read(StringValues typed) =>
        typed.Count == 0 || string.IsNullOrEmpty(typed[0]) ? null
        : ShareCodes.IsCode(typed[0]) ? typed[0]
        : ShareCodes.Other;
}
