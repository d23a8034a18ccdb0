using Campaigns.Api.Http;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.Abuse;
using Campaigns.Api.StaffConsole.Account;
using Campaigns.Api.StaffConsole.Audit;
using Campaigns.Api.StaffConsole.Handovers;
using Campaigns.Api.StaffConsole.Ledger;
using Campaigns.Api.StaffConsole.Letters;
using Campaigns.Api.StaffConsole.Overview;
using Campaigns.Api.StaffConsole.Packets;
using Campaigns.Api.StaffConsole.People;
using Campaigns.Api.StaffConsole.Settings;
using Campaigns.Api.StaffConsole.Sharing;
using Campaigns.Api.StaffConsole.Signatures;
using Campaigns.Api.StaffConsole.SignIn;
using Campaigns.Api.StaffConsole.SystemState;
using Campaigns.Api.StaffConsole.Today;
using Campaigns.Api.StaffConsole.Updates;
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
            .RequireNetworkLimit(NetworkLimit.Other)
            .AddEndpointFilter<SameSiteFilter>()
            .AddEndpointFilter<ConsoleFormFilter>();
        routes.MapPage(StaticFile.Console.Path, StaticFile.Console.Get).ExcludeFromDescription();
        routes.MapPage(PasskeyScript.File.Path, PasskeyScript.File.Get).ExcludeFromDescription();
        routes.MapPage(StaticFile.Live.Path, StaticFile.Live.Get).ExcludeFromDescription();
        pages.MapSignIn();
        pages.MapJoin();
        pages.MapConfirmAddress();

        var screens = pages.MapGroup("").RequireSession();
        screens.MapToday();
        screens.MapOverview();
        screens.MapSignatures();
        screens.MapAbuse();
        screens.MapLetters();
        screens.MapUpdates();
        screens.MapPackets();
        screens.MapHandovers();
        screens.MapSharing();
        screens.MapSettings();
        screens.MapAccount();
        screens.MapPeople();
        screens.MapLedger();
        screens.MapAudit();
        screens.MapSystem();

        // Its forms carry a token of the board's own, and its pages ask for news every two seconds.
        routes
            .MapGroup("")
            .ExcludeFromDescription()
            .AddEndpointFilter<SameSiteFilter>()
            .RequireSession()
            .MapJobBoardPage();
    }
}
