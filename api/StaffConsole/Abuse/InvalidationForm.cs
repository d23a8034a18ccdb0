using System.Text.Json.Nodes;
using Campaigns.Api.Endpoints.Invalidations;
using Campaigns.Api.StaffConsole.Parts;
using Microsoft.Extensions.Primitives;

namespace Campaigns.Api.StaffConsole.Abuse;

/// <summary>
/// The form of a bulk invalidation as it was typed. Its fields become those of the JSON request, so
/// that both are checked alike.
/// </summary>
public sealed record InvalidationForm
{
    public string? Reason { get; init; }
    public IReadOnlyList<string> Countries { get; init; } = [];
    public IReadOnlyList<string> States { get; init; } = [];
    public string? SignedFrom { get; init; }
    public string? SignedTo { get; init; }
    public string? Wave { get; init; }
    public string? MailDomain { get; init; }
    public string? HoldReason { get; init; }

    /// <summary>The fields of a query or of a form; each may be missing.</summary>
    public static InvalidationForm From(Func<string, StringValues> field) =>
        new()
        {
            Reason = FormJson.Typed(field("reason")),
            Countries = [.. field("countries").OfType<string>()],
            States = [.. field("states").OfType<string>()],
            SignedFrom = FormJson.Typed(field("signedFrom")),
            SignedTo = FormJson.Typed(field("signedTo")),
            Wave = FormJson.Typed(field("wave")),
            MailDomain = FormJson.Typed(field("mailDomain")),
            HoldReason = FormJson.Typed(field("holdReason")),
        };

    /// <summary>What the form asks for.</summary>
    internal Outcome<AskedInvalidation> Read()
    {
        var conditions = new JsonObject
        {
            ["countries"] = List(Countries),
            ["states"] = List(States),
            ["signedFrom"] = FormJson.Instant(SignedFrom),
            ["signedTo"] = FormJson.Instant(SignedTo),
            ["wave"] = Wave,
            ["mailDomain"] = MailDomain,
            ["holdReason"] = HoldReason,
        };
        return FormJson.Read(
            new JsonObject { ["reason"] = Reason, ["conditions"] = conditions },
            InvalidationRequestParser.Read
        );
    }

    private static JsonArray? List(IReadOnlyList<string> values) =>
        values.Count == 0 ? null : [.. values.Select(value => JsonValue.Create(value))];
}
