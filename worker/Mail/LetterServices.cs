using Campaigns.Worker.Mail.Compose;
using Campaigns.Worker.Mail.Delivery;
using Campaigns.Worker.Mail.Folder;
using Campaigns.Worker.Mail.Reports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Mail;

internal static class LetterServices
{
    public static IServiceCollection AddLetters(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MailOptions>().Bind(configuration.GetSection(MailOptions.Section)).ValidateOnStart();
        services.AddSingleton<IPostConfigureOptions<MailOptions>, MailOptionsRules>();
        services.AddSingleton<IValidateOptions<MailOptions>, MailOptionsRules>();
        services.AddLocalization();
        services.AddSingleton<LetterTexts>().AddSingleton<LetterWriter>();
        services.AddSingleton<MemberLetterTexts>().AddSingleton<MemberLetterWriter>();
        services.AddSingleton<UpdateLetterTexts>().AddSingleton<UpdateLetterWriter>();
        services.AddSingleton<LetterDelivery>().AddSingleton<SendUpdatesJob>();
        services.AddSingleton<MailCircuitBreaker>().AddSingleton<ClaimSize>();
        services.AddSingleton<IHealthProblem>(provider => provider.GetRequiredService<MailCircuitBreaker>());
        services.AddSingleton(PublicAddress.From(configuration));
        services.AddSingleton<FolderMail>();
        services.AddSingleton(new SmtpTimeouts());
        services.AddSingleton<SmtpMailServer>();
        services.AddSingleton<IMailServer>(provider =>
            provider.GetRequiredService<IOptions<MailOptions>>().Value.Transport == MailTransport.Folder
                ? provider.GetRequiredService<FolderMail>()
                : provider.GetRequiredService<SmtpMailServer>()
        );
        services.AddSingleton<MailServerProbe>();
        services.AddSingleton<SnsCertificates>().AddSingleton<ProviderHooks>();
        return services;
    }
}
