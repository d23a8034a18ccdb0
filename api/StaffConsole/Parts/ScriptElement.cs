using Campaigns.Api.Http;
using Campaigns.Api.Pages;
using Microsoft.AspNetCore.Components;

namespace Campaigns.Api.StaffConsole.Parts;

/// <summary>The script element of a file, for a screen's head.</summary>
internal static class ScriptElement
{
    public static RenderFragment Of(StaticFile file, HttpContext http) =>
        builder =>
        {
            builder.OpenElement(0, "script");
            builder.AddAttribute(1, "src", http.Request.PublicAddress(file.Path));
            builder.AddAttribute(2, "defer", true);
            builder.CloseElement();
        };
}
