using System.Globalization;
using Campaigns.Db.Staff;

namespace Campaigns.Bench.References;

/// <summary>
/// The references that the product is compared with, in the product's own process, and the helpers
/// of the bench. Handlers repeat the product's steps up to storing.
/// </summary>
internal static class ReferenceRoutes
{
    public static void AddReferences(this IServiceCollection services) =>
        services.AddSingleton<OneTransaction>().AddSingleton<MailClientAlone>();

    public static void MapReferences(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/bench/token", (StaffStore staff) =>
            staff.AddAsync("Bench", Role.Administrator, [], Actor.Operator)
        );
        routes.MapGet("/bench/allocated", () =>
            GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture)
        );
        routes.MapSigningReferences();
        routes.MapConfirmingReferences();
        routes.MapReadingReferences();
        routes.MapTrimReferences();
        routes.MapMailReferences();
        routes.MapUpdateReferences();
        routes.MapConsoleHistory();
    }
}
