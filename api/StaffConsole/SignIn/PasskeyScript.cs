using Campaigns.Api.Http;
using Campaigns.Api.Pages;
using Microsoft.AspNetCore.Components;

namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>The script that talks to the browser about passkeys.</summary>
internal static class PasskeyScript
{
    public static StaticFile File { get; } = new("passkeys.js");

    /// <summary>The script element for a screen's head.</summary>
    public static RenderFragment Element(HttpContext http) =>
        builder =>
        {
            builder.OpenElement(0, "script");
            builder.AddAttribute(1, "src", http.Request.PublicAddress(File.Path));
            builder.AddAttribute(2, "defer", true);
            builder.CloseElement();
        };
}
