using System.Globalization;
using Campaigns.Db.Staff;

namespace Campaigns.Bench.References;

/// <summary>
/// What the product is held against, in the product's own process, and what the bench asks of it
/// besides. Handlers repeat the product's step by step up to where it stores.
/// </summary>
internal static class ReferenceRoutes
{
    public static void AddReferences(this IServiceCollection services) => services.AddSingleton<OneTransaction>();

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
    }
}
