using Microsoft.OpenApi;

namespace Campaigns.Api.Http;

/// <summary>Adds to the OpenAPI document what the framework does not find by itself.</summary>
internal static class ApiDescription
{
    /// <summary>
    /// Declares the JSON body of an endpoint. Rejected: <c>Accepts()</c>, because routing then also
    /// refuses other media types before the handler checks the token and the campaign.
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
