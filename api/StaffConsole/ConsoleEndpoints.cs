using Campaigns.Api.Http;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.Account;
using Campaigns.Api.StaffConsole.Packets;
using Campaigns.Api.StaffConsole.Settings;
using Campaigns.Api.StaffConsole.SignIn;
using Campaigns.Api.StaffConsole.Today;
using Microsoft.AspNetCore.Mvc;

namespace Campaigns.Api.StaffConsole;

/// <summary>All screens of the console. Each form carries an antiforgery token.</summary>
internal static class ConsoleEndpoints
{
    public static void MapConsole(this IEndpointRouteBuilder routes)
    {
        var pages = routes
            .MapGroup("/staff")
            .ExcludeFromDescription()
            .WithMetadata(new RequestSizeLimitAttribute(PageForm.Most))
            .RequireRateLimiting(NetworkRateLimits.Other)
            .AddEndpointFilter<SameSiteFilter>()
            .AddEndpointFilter<ConsoleFormFilter>();
        routes.MapPage(StaticFile.Console.Path, StaticFile.Console.Get).ExcludeFromDescription();
        pages.MapSignIn();

        var screens = pages.MapGroup("").RequireSession();
        screens.MapToday();
        screens.MapPackets();
        screens.MapSettings();
        screens.MapAccount();
    }
}
