using Campaigns.Api.Http.Access;

namespace Campaigns.Api.StaffConsole;

/// <summary>Sets up the console and the sign-in of staff.</summary>
internal static class ConsoleSetup
{
    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddSingleton<SessionCookie>();
        services.AddAntiforgery(options =>
        {
            options.FormFieldName = "form-token";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.Name = "campaign-forms";
            options.Cookie.Path = "/";
            options.SuppressXFrameOptionsHeader = true;
        });
        return services;
    }
}
