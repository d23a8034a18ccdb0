using System.Text.Json.Nodes;
using Campaigns.Api.Http.Access;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Campaigns.Api.Http;

/// <summary>
/// What is said of every operation in the same way: tokens, problems with their codes, parameters
/// of the address.
/// </summary>
internal static class ApiOperationRules
{
    private static readonly Dictionary<string, (string Description, string Example)> _parts = new(
        StringComparer.Ordinal
    )
    {
        ["slug"] = ("The slug of the campaign.", "chechnya-2019"),
        ["id"] = ("The id.", "463856467968002048"),
        ["challenge"] = ("A random text of the asker.", "0123456789abcdef0123456789abcdef"),
    };

    public static Task ApplyAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellation
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        // Empty, not missing, where no token is needed.
        operation.Security =
        [
            .. metadata
                .OfType<RequiredToken>()
                .Select(token => new OpenApiSecurityRequirement
                {
                    [new OpenApiSecuritySchemeReference(token.Scheme, context.Document)] = [],
                }),
        ];
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
            if (parameter.In == ParameterLocation.Path && _parts.TryGetValue(parameter.Name!, out var words))
                (parameter.Description, parameter.Example) = (words.Description, JsonValue.Create(words.Example));
        var codes = metadata.OfType<RefusalCodes>().SelectMany(refusals => refusals.Codes).Distinct();
        foreach (var group in codes.GroupBy(Problems.Status))
            DescribeProblems(operation, group.Key, [.. group], context.Document);
        foreach (var (status, answer) in operation.Responses ?? [])
            if (answer is OpenApiResponse response && DescriptionOf(status) is { } description)
                response.Description = description;
        var sorted = new OpenApiResponses();
        foreach (var (status, answer) in (operation.Responses ?? []).OrderBy(one => one.Key, StringComparer.Ordinal))
            sorted.Add(status, answer);
        operation.Responses = sorted;
        return Task.CompletedTask;
    }

    private static void DescribeProblems(
        OpenApiOperation operation,
        int status,
        IReadOnlyList<string> codes,
        OpenApiDocument? document
    )
    {
        if (ApiDescription.Answer(operation, status) is not { } answer)
            return;
        answer.Description = string.Join(' ', codes.Select(code => $"{code}: {Problems.Title(code)}"));
        foreach (var content in answer.Content?.Values ?? [])
            content.Examples = codes.ToDictionary(
                code => code,
                IOpenApiExample (code) => new OpenApiExampleReference(code, document)
            );
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            answer.Headers = new Dictionary<string, IOpenApiHeader>
            {
                ["Retry-After"] = new OpenApiHeader
                {
                    Description = "Seconds to wait before the next try.",
                    Example = JsonValue.Create(1),
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
                },
            };
    }

    private static string? DescriptionOf(string status) =>
        status switch
        {
            "201" => "Created.",
            "202" => "Accepted.",
            "204" => "Done.",
            "206" => "The part that the Range header asks for.",
            "304" => "The client has this version.",
            "416" => "The range lies outside the file.",
            _ => null,
        };
}
