using Campaigns.Api.Http.Access;
using Microsoft.AspNetCore.Http.Features;

namespace Campaigns.Api.StaffConsole;

/// <summary>Sets up the console and the sign-in of staff.</summary>
internal static class ConsoleSetup
{
    private const int MostFields = 4_096;

    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddSingleton<SessionCookie>();
        // A campaign may list all countries and 200 recipients; the size of a body is limited as well.
        services.Configure<FormOptions>(options => options.ValueCountLimit = MostFields);
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
