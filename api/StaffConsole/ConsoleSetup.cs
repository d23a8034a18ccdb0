using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.StaffConsole.SignIn;
using Campaigns.Db.SignIn;
using Campaigns.Worker;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Identity;

namespace Campaigns.Api.StaffConsole;

/// <summary>Sets up the console and the sign-in of staff.</summary>
internal static class ConsoleSetup
{
    // PBKDF2 with SHA-512, as OWASP's password storage cheat sheet asks for.
    private const int HashIterations = 210_000;

    private const int MostFields = 4_096;

    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services
            .AddSingleton<SessionCookie>()
            .AddSingleton<AuthenticatorCodes>()
            .AddSingleton<SignInTicket>()
            .AddSingleton<PasswordSignIn>()
            .AddSingleton<PasskeyCookie>()
            .AddSingleton<PasskeyHostWarning>()
            .AddSingleton<IWarning>(provider => provider.GetRequiredService<PasskeyHostWarning>())
            .AddSingleton<IWarning, AdministratorAddressWarning>()
            .AddSingleton<IWarning, FreezeWarning>()
            .AddSingleton<IWarning, BackupWarning>()
            .AddScoped<Passkeys>()
            .AddScoped<RecoveryCodes>();
        // A campaign may list all countries and 200 recipients; the size of a body is limited as well.
        services.Configure<FormOptions>(options => options.ValueCountLimit = MostFields);
        services.AddAntiforgery();
        services
            .AddOptions<AntiforgeryOptions>()
            .Configure<SessionCookie>(
                (options, cookie) =>
                {
                    options.FormFieldName = "form-token";
                    options.Cookie = new FormCookie(cookie);
                    // The pages have a policy of their own.
                    options.SuppressXFrameOptionsHeader = true;
                }
            );
        return services.AddStaffIdentity();
    }

    private static IServiceCollection AddStaffIdentity(this IServiceCollection services)
    {
        services.AddIdentityCore<StaffAccount>().AddUserStore<IdentityStore>();
        services.AddScoped<IPasskeyHandler<StaffAccount>, PasskeyHandler<StaffAccount>>();
        services.AddSingleton<IPasswordHasher<StaffAccount>, PasswordHasher<StaffAccount>>();
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = HashIterations);
        services
            .AddOptions<IdentityPasskeyOptions>()
            .Configure<PublicAddress>(
                (options, address) =>
                {
                    var site = new Uri(address.Url);
                    options.ServerDomain = site.IdnHost;
                    options.UserVerificationRequirement = "required";
                    options.ResidentKeyRequirement = "required";
                    options.ValidateOrigin = context =>
                        ValueTask.FromResult(
                            !context.CrossOrigin
                                && Uri.TryCreate(context.Origin, UriKind.Absolute, out var origin)
                                && origin.GetLeftPart(UriPartial.Authority) == site.GetLeftPart(UriPartial.Authority)
                        );
                }
            );
        return services;
    }
}
