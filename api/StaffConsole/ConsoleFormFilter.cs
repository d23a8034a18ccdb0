using Campaigns.Api.Pages;
using Microsoft.AspNetCore.Antiforgery;

namespace Campaigns.Api.StaffConsole;

/// <summary>
/// Sets the policy of the console's pages, and accepts forms only with the antiforgery token that
/// a page of the console gave to the same browser.
/// </summary>
internal sealed class ConsoleFormFilter(IAntiforgery antiforgery) : IEndpointFilter
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.ContentSecurityPolicy = Policy;
        if (
            !HttpMethods.IsPost(http.Request.Method)
            || http.GetEndpoint()?.Metadata.GetMetadata<ReadsOwnForm>() is not null
        )
            return await next(context);
        // Read first: the framework throws for a body that is no form.
        if (await PageForm.ReadAsync(http.Request) is null)
            return PageForm.Refuse(http.Request);
        return await antiforgery.IsRequestValidAsync(http)
            ? await next(context)
            : PageResults.Message("FormExpired", StatusCodes.Status400BadRequest);
    }
}
