using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace Campaigns.Api.Http;

/// <summary>
/// The words of an operation in the OpenAPI document, and what the framework does not find by
/// itself.
/// </summary>
internal static class ApiDescription
{
    private const string JsonType = "application/json";

    /// <summary>
    /// Names an operation. The id never changes, because clients are made from it.
    /// </summary>
    public static RouteHandlerBuilder Describe(
        this RouteHandlerBuilder endpoint,
        string id,
        string tag,
        string summary
    ) => endpoint.WithName(id).WithTags(tag).WithSummary(summary);

    /// <summary>Declares the JSON body of an endpoint.</summary>
    public static RouteHandlerBuilder AcceptsJson<T>(this RouteHandlerBuilder endpoint, T example) =>
        endpoint.AcceptsPatch<T>(example!);

    /// <summary>Declares a body whose example has only some of its fields.</summary>
    public static RouteHandlerBuilder AcceptsPatch<T>(this RouteHandlerBuilder endpoint, object example) =>
        endpoint
            .WithMetadata(new JsonBodyType(typeof(T)))
            .ProducesProblems(Refusal.MalformedBody)
            .AddOpenApiOperationTransformer(
                (operation, context, _) =>
                {
                    if (operation.RequestBody?.Content?.TryGetValue(JsonType, out var content) == true)
                        content.Example = ToJson(example, context.ApplicationServices);
                    return Task.CompletedTask;
                }
            );

    /// <summary>Declares a JSON answer with an example.</summary>
    public static RouteHandlerBuilder ProducesJson<T>(
        this RouteHandlerBuilder endpoint,
        T example,
        int status = StatusCodes.Status200OK
    ) => endpoint.Produces<T>(status, JsonType).ProducesJsonExample(example, status);

    /// <summary>The example of a JSON answer that is declared already.</summary>
    public static RouteHandlerBuilder ProducesJsonExample<T>(
        this RouteHandlerBuilder endpoint,
        T example,
        int status = StatusCodes.Status200OK
    ) => endpoint.Example(status, JsonType, services => ToJson(example, services));

    /// <summary>The example of an answer of another media type that is declared already.</summary>
    public static RouteHandlerBuilder ProducesTextExample(
        this RouteHandlerBuilder endpoint,
        string contentType,
        string example
    ) => endpoint.Example(StatusCodes.Status200OK, contentType, _ => JsonValue.Create(example));

    /// <summary>Declares an answer of another media type with an example.</summary>
    public static RouteHandlerBuilder ProducesText<T>(
        this RouteHandlerBuilder endpoint,
        string contentType,
        string example
    ) => endpoint.Produces<T>(contentType: contentType).ProducesTextExample(contentType, example);

    /// <summary>Declares a page of a list, with the parameters of pages.</summary>
    public static RouteHandlerBuilder ProducesList<T>(this RouteHandlerBuilder endpoint, T example) =>
        endpoint.ProducesJson(new ListView<T>([example], "AAEjRWeJq80")).ProducesPages();

    /// <summary>Declares the parameters <c>limit</c> and <c>after</c>, and their refusal.</summary>
    public static RouteHandlerBuilder ProducesPages(this RouteHandlerBuilder endpoint) =>
        endpoint
            .Parameter("limit", $"The number of items, {ListRequest.DefaultLimit} by default.", 50, schema =>
            {
                schema.Minimum = "1";
                schema.Maximum = "200";
            })
            .Parameter("after", "The next of the page before. Without it the first page is returned.", "AAEjRWeJq80")
            .ProducesProblems(Refusal.Invalid);

    /// <summary>
    /// Words and type of a parameter. A query parameter that the handler reads itself is added.
    /// </summary>
    public static RouteHandlerBuilder Parameter(
        this RouteHandlerBuilder endpoint,
        string name,
        string description,
        JsonNode example,
        Action<OpenApiSchema>? change = null,
        ParameterLocation place = ParameterLocation.Query
    ) =>
        endpoint.AddOpenApiOperationTransformer(
            (operation, _, _) =>
            {
                operation.Parameters ??= [];
                var parameter = operation.Parameters.OfType<OpenApiParameter>().FirstOrDefault(one => one.Name == name);
                if (parameter is null)
                    operation.Parameters.Add(parameter = new OpenApiParameter { Name = name, In = place });
                var schema =
                    example.GetValueKind() == JsonValueKind.Number
                        ? new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" }
                        : new OpenApiSchema { Type = JsonSchemaType.String };
                change?.Invoke(schema);
                parameter.Description = description;
                parameter.Example = example.DeepClone();
                parameter.Schema = schema;
                return Task.CompletedTask;
            }
        );

    /// <summary>Declares an answer that is a file.</summary>
    public static RouteHandlerBuilder ProducesFile(this RouteHandlerBuilder endpoint, int status, string contentType) =>
        endpoint
            .Produces(status, contentType: contentType)
            .AddOpenApiOperationTransformer(
                (operation, _, _) =>
                {
                    if (Answer(operation, status) is { } answer)
                        (answer.Content ??= new Dictionary<string, OpenApiMediaType>())[contentType] = new()
                        {
                            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                        };
                    return Task.CompletedTask;
                }
            );

    /// <summary>Declares a header of the answers with a status.</summary>
    public static RouteHandlerBuilder ProducesHeader(
        this RouteHandlerBuilder endpoint,
        int status,
        string name,
        string description,
        string example
    ) =>
        endpoint.AddOpenApiOperationTransformer(
            (operation, _, _) =>
            {
                if (Answer(operation, status) is { } answer)
                    (answer.Headers ??= new Dictionary<string, IOpenApiHeader>())[name] = new OpenApiHeader
                    {
                        Description = description,
                        Example = JsonValue.Create(example),
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                    };
                return Task.CompletedTask;
            }
        );

    internal static OpenApiResponse? Answer(OpenApiOperation operation, int status) =>
        operation.Responses?.TryGetValue(FormattableString.Invariant($"{status}"), out var answer) == true
            ? answer as OpenApiResponse
            : null;

    internal static JsonNode? ToJson(object? value, IServiceProvider services) =>
        JsonSerializer.SerializeToNode(
            value,
            services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions
        );

    private static RouteHandlerBuilder Example(
        this RouteHandlerBuilder endpoint,
        int status,
        string contentType,
        Func<IServiceProvider, JsonNode?> example
    ) =>
        endpoint.AddOpenApiOperationTransformer(
            (operation, context, _) =>
            {
                if (Answer(operation, status)?.Content?.TryGetValue(contentType, out var content) == true)
                    content.Example = example(context.ApplicationServices);
                return Task.CompletedTask;
            }
        );
}
