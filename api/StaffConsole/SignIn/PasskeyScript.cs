using Campaigns.Api.Pages;
using Campaigns.Api.Pages.Parts;
using Microsoft.AspNetCore.Components;

namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>The script that talks to the browser about passkeys.</summary>
internal static class PasskeyScript
{
    public static StaticFile File { get; } = new("passkeys.js");

    /// <summary>The script element for a screen's head.</summary>
    public static RenderFragment Element(HttpContext http) => ScriptElement.Of(File, http);
}
