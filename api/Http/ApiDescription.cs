using Microsoft.OpenApi;

namespace Campaigns.Api.Http;

/// <summary>What the OpenAPI document is told beside what the framework finds by itself.</summary>
internal static class ApiDescription
{
    /// <summary>
    /// Declares the JSON body of an endpoint. Rejected: <c>Accepts()</c>, which is more than a
    /// description: with it routing turns other media types away before anybody has looked at the
    /// token or the campaign.
    /// </summary>
    public static RouteHandlerBuilder AcceptsJson<T>(this RouteHandlerBuilder endpoint) =>
        endpoint.AddOpenApiOperationTransformer(
            async (operation, context, cancellation) =>
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = new Dictionary<string, OpenApiMediaType>
                    {
                        ["application/json"] = new()
                        {
                            Schema = await context.GetOrCreateSchemaAsync(typeof(T), null, cancellation),
                        },
                    },
                }
        );
}
