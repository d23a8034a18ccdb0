using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Campaigns.Api.Http;

/// <summary>The type that describes the JSON body of an endpoint.</summary>
internal sealed record JsonBodyType(Type Type);

/// <summary>
/// Adds the bodies to the OpenAPI document. Rejected: <c>Accepts()</c>, because routing then also
/// refuses other media types before the handler checks the token and the campaign.
/// </summary>
internal sealed class JsonBodyDescriptions : IApiDescriptionProvider
{
    public int Order => 0;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
        foreach (var description in context.Results)
        {
            if (description.ActionDescriptor.EndpointMetadata.OfType<JsonBodyType>().LastOrDefault() is not { } body)
                continue;
            description.ParameterDescriptions.Add(
                new ApiParameterDescription
                {
                    Name = "body",
                    Source = BindingSource.Body,
                    Type = body.Type,
                    IsRequired = true,
                }
            );
            description.SupportedRequestFormats.Add(new ApiRequestFormat { MediaType = "application/json" });
        }
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context) { }
}
