using Campaigns.Api.Doctor.Data;
using Campaigns.Api.Doctor.Mail;
using Campaigns.Api.Doctor.Settings;
using Campaigns.Api.Doctor.Web;
using Campaigns.Db;
using Campaigns.Db.Inspection;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Doctor;

internal static class DoctorServices
{
    /// <summary>
    /// Registers what the checks need besides the services of the server or the command.
    /// <paramref name="open"/> opens the database for reading.
    /// </summary>
    public static IServiceCollection AddDoctor(
        this IServiceCollection services,
        IConfiguration configuration,
        Func<IServiceProvider, InspectedDatabase> open
    )
    {
        services.AddOptions<DoctorOptions>().Bind(configuration.GetSection(DoctorOptions.Section));
        services
            .AddSingleton(open)
            .AddSingleton<EngineInspection>()
            .AddSingleton<WorkInspection>()
            .AddSingleton<LedgerInspection>()
            .AddSingleton<AuditInspection>()
            .AddSingleton<InstallationIdentity>()
            .AddSingleton(provider => new KeyInspection(
                provider.GetRequiredService<InspectedDatabase>,
                KeysFolder(provider)
            ));
        return services
            .AddSingleton<SettingsFaults>()
            .AddSingleton<PublicAddressProbe>()
            .AddSingleton<MailDomain>()
            .AddSingleton<WrittenFolders>()
            .AddSingleton<CanaryFilter>()
            .AddSingleton<SupportBundle>()
            .AddSingleton<CheckRunner>();
    }

    private static string KeysFolder(IServiceProvider provider) =>
        provider
            .GetRequiredService<InstallationRoot>()
            .Resolve(provider.GetRequiredService<IOptions<KeysOptions>>().Value.Directory);
}
