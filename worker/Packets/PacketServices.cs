using Campaigns.Worker.Packets.Build;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Worker.Packets;

internal static class PacketServices
{
    public static IServiceCollection AddPackets(this IServiceCollection services)
    {
        services.AddLocalization();
        return services.AddSingleton<PacketBuilder>();
    }
}
