using System.Text.Json.Nodes;
using Campaigns.Api.Endpoints.Sendings;
using Campaigns.Api.StaffConsole.Parts;
using Campaigns.Sendings;
using Microsoft.Extensions.Primitives;

namespace Campaigns.Api.StaffConsole.Updates;

/// <summary>How an update is to be sent, as typed. No tick means all.</summary>
public sealed record SendingForm(
    IReadOnlyList<string> Countries,
    IReadOnlyList<string> Locales,
    string? At,
    string? From,
    string? To,
    bool ShowsTitle
)
{
    public static SendingForm Read(Func<string, StringValues> fields) =>
        new(
            Values(fields("countries")),
            Values(fields("locales")),
            FormJson.Typed(fields("at")),
            FormJson.Typed(fields("from")),
            FormJson.Typed(fields("to")),
            fields("subject") == SubjectWord.Title
        );

    /// <summary>The order, checked as that of the API.</summary>
    public Outcome<SendingOrder> ToOrder(DateTimeOffset now)
    {
        var audience = new JsonObject();
        Add(audience, "countries", Countries);
        Add(audience, "locales", Locales);
        var json = new JsonObject
        {
            ["audience"] = audience,
            ["subject"] = ShowsTitle ? SubjectWord.Title : SubjectWord.Neutral,
        };
        if (At is not null)
            json["at"] = FormJson.Instant(At);
        if (From is not null || To is not null)
            json["hours"] = new JsonObject { ["from"] = From, ["to"] = To };
        return FormJson.Read(json, fields => SendingRequestParser.Read(fields, now));
    }

    private static List<string> Values(StringValues values) => [.. values.OfType<string>()];

    private static void Add(JsonObject audience, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
            audience[name] = new JsonArray([.. values.Select(value => (JsonNode)value)]);
    }
}
