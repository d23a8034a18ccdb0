using Microsoft.Playwright;

namespace Campaigns.Tests.Pages.Console;

internal static class ConsoleWindows
{
    /// <summary>
    /// A page of a window that is signed in as the demonstration member with that role.
    /// </summary>
    public static async Task<IPage> EnterAsync(this IBrowserContext window, string role)
    {
        var form = window.APIRequest.CreateFormData();
        form.Set("role", role);
        await window.APIRequest.PostAsync("/dev/sign-in", new() { Form = form });
        return await window.NewPageAsync();
    }
}
