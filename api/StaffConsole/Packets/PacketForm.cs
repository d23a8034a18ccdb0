using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Campaigns.Api.Endpoints.Packets;
using Campaigns.Api.Http;
using Campaigns.Api.Pages;
using Campaigns.Packets;
using Microsoft.Extensions.Primitives;

namespace Campaigns.Api.StaffConsole.Packets;

/// <summary>
/// The form of an order as it was typed. Its fields become those of the JSON request, so that both
/// are checked alike.
/// </summary>
public sealed record PacketForm
{
    public string? Recipient { get; init; }
    public IReadOnlyList<string> Countries { get; init; } = [];
    public string Disclosure { get; init; } = Disclosures.Text(Campaigns.Disclosure.Count);
    public string? Locale { get; init; }
    public bool Csv { get; init; }
    public bool Xlsx { get; init; }

    /// <summary>The size of a signed head; null for the newest.</summary>
    public long? CutOff { get; init; }

    /// <summary>The id of the packet that this one supplements; null for none.</summary>
    public string? Since { get; init; }

    /// <summary>
    /// The fields of a query or of a form; each may be missing.
    /// </summary>
    public static PacketForm From(Func<string, StringValues> field) =>
        new()
        {
            Recipient = Text(field("recipient")),
            Countries = [.. field("countries").OfType<string>()],
            Disclosure = Text(field("disclosure")) ?? Disclosures.Text(Campaigns.Disclosure.Count),
            Locale = Text(field("locale")),
            Csv = field("csv") == PageForm.Yes,
            Since = Text(field("since")),
            Xlsx = field("xlsx") == PageForm.Yes,
            CutOff = long.TryParse(field("cutOff"), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                ? size
                : null,
        };

    /// <summary>What the form asks for.</summary>
    internal Outcome<PacketRequest> Read(Campaign campaign)
    {
        var json = new JsonObject
        {
            ["recipient"] = Recipient,
            ["countries"] = Countries.Count == 0 ? null : new JsonArray([.. Countries]),
            ["disclosure"] = Disclosure,
            ["locale"] = Locale,
            ["cutOff"] = CutOff,
            ["since"] = Since,
            ["include"] = Csv || Xlsx ? new JsonArray([.. Included]) : null,
        };
        return JsonBody.Parse<PacketRequest>(Encoding.UTF8.GetBytes(json.ToJsonString()), fields =>
            PacketRequestParser.Read(fields, campaign)
        );
    }

    /// <summary>The fields as the query of an address.</summary>
    public string Query =>
        QueryString
            .Create([
                new("recipient", Recipient),
                .. Countries.Select(country => new KeyValuePair<string, string?>("countries", country)),
                new("disclosure", Disclosure),
                new("locale", Locale),
                new("since", Since),
                .. Included.Select(table => new KeyValuePair<string, string?>(table, PageForm.Yes)),
            ])
            .ToString();

    private IEnumerable<string> Included
    {
        get
        {
            if (Csv)
                yield return "csv";
            if (Xlsx)
                yield return "xlsx";
        }
    }

    private static string? Text(StringValues value) => value.ToString() is { Length: > 0 } text ? text : null;
}
