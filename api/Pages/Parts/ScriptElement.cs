using Microsoft.AspNetCore.Components;

namespace Campaigns.Api.Pages.Parts;

/// <summary>The script element of a file, for a screen's head.</summary>
internal static class ScriptElement
{
    public static RenderFragment Of(StaticFile file, HttpContext http) =>
        builder =>
        {
            builder.OpenElement(0, "script");
            builder.AddAttribute(1, "src", file.AddressFor(http));
            builder.AddAttribute(2, "defer", true);
            builder.CloseElement();
        };
}
