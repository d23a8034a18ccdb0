using Campaigns.Db.Staff;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages.Console;

/// <summary>A window of the browser that is signed in to the console.</summary>
internal static class ConsoleWindow
{
    public static async Task<IPage> SignInAsync(IBrowserContext window, string role = Role.Administrator)
    {
        var form = window.APIRequest.CreateFormData();
        form.Set("role", role);
        var answer = await window.APIRequest.PostAsync("/dev/sign-in", new() { Form = form });
        Assert.Equal(200, answer.Status);
        return await window.NewPageAsync();
    }
}
