using System.Text;
using System.Text.Json.Nodes;
using Campaigns.Api.Http;
using Microsoft.Extensions.Primitives;

namespace Campaigns.Api.StaffConsole.Parts;

/// <summary>
/// The fields of a form as those of the JSON request, so that both are checked alike.
/// </summary>
internal static class FormJson
{
    /// <summary>Reads the fields by the parser of the JSON request.</summary>
    public static Outcome<T> Read<T>(JsonObject fields, Func<JsonFields, Outcome<T>> read) =>
        JsonBody.Parse(Encoding.UTF8.GetBytes(fields.ToJsonString()), read);

    /// <summary>What was typed, without blanks at its ends; null for an empty field.</summary>
    public static string? Typed(StringValues field) => field.ToString().Trim() is { Length: > 0 } text ? text : null;

    /// <summary>
    /// The instant of a field for a day and a time, which browsers send without a zone: it is UTC.
    /// </summary>
    public static string? Instant(string? typed) =>
        typed is { Length: 16 or 19 } && typed[10] == 'T' ? typed + "Z" : typed;

    /// <summary>The value of such a field for an instant.</summary>
    public static string? Local(DateTimeOffset? instant) =>
        instant is { } at ? global::Campaigns.Instant.Text(at)[..16] : null;
}
