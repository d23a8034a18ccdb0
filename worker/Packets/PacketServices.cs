using Campaigns.Worker.Packets.Build;
using Campaigns.Worker.Packets.Seal;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Packets;

internal static class PacketServices
{
    public static IServiceCollection AddPackets(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SealOptions>().Bind(configuration.GetSection(SealOptions.Section)).ValidateOnStart();
        services.AddSingleton<IPostConfigureOptions<SealOptions>, SealOptionsRules>();
        services.AddSingleton<IValidateOptions<SealOptions>, SealOptionsRules>();
        services.AddLocalization();
        return services.AddSingleton<TimestampClient>().AddSingleton<PacketSeal>().AddSingleton<PacketBuilder>();
    }
}
