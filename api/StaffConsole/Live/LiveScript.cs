using Campaigns.Api.Pages;

namespace Campaigns.Api.StaffConsole.Live;

/// <summary>The script that brings parts of a screen up to date.</summary>
internal static class LiveScript
{
    public static StaticFile File { get; } = new("live.js");
}
