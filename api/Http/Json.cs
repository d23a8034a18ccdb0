using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Campaigns.Api.Http;

internal static class Json
{
    /// <summary>
    /// The contract's JSON: camelCase, one format for instants, letters of all scripts unescaped.
    /// </summary>
    public static IServiceCollection AddContractJson(this IServiceCollection services) =>
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractJson.Default);
            options.SerializerOptions.Converters.Add(new InstantConverter());
            // The framework would read numbers from text too, and describe each number as "integer or text".
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            // Safe because the media type is JSON. Names stay readable.
            options.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });

    private sealed class InstantConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => Instant.TryParse(reader.GetString() ?? "", out var instant) ? instant : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(Instant.Text(value));
    }
}
