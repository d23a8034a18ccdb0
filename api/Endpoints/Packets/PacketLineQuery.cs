using System.Globalization;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Packets;

/// <summary>Where a line is printed, as it was asked for.</summary>
public sealed record PacketLineQuery(string? Country, string? Volume, string? Line)
{
    /// <summary>
    /// The signature on the line. Finding one is written to the audit trail.
    /// </summary>
    internal async Task<Outcome<PrintedLine>> FindAsync(
        Packet packet,
        string slug,
        PrintedLineStore lines,
        AuditStore audit,
        Actor actor
    )
    {
        var errors = new FieldErrors();
        if (Country is null)
            errors.Add("country", "Give the country of the volume.");
        var volume = Number("volume", Volume, errors);
        var line = Number("line", Line, errors);
        if (errors.ToRefusal() is { } invalid)
            return invalid;
        var found = lines.Find(packet, Country!, volume, line);
        if (found.Value is not null)
            await audit.WriteAsync(
                actor,
                "packet.line-look",
                slug,
                Ids.Text(packet.Id),
                string.Create(CultureInfo.InvariantCulture, $"{Country} {volume} {line}")
            );
        return found;
    }

    private static int Number(string name, string? text, FieldErrors errors)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            errors.Add(name, "This must be a whole number from 1.");
        return number;
    }
}
