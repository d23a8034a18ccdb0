namespace Campaigns.Packets;

/// <summary>
/// A request by staff. Null countries mean all countries of the recipient; a null cut-off means the
/// newest head.
/// </summary>
public sealed record PacketRequest(
    string Recipient,
    IReadOnlyList<string>? Countries,
    Disclosure Disclosure,
    string Locale,
    long? CutOff,
    bool Csv,
    bool Xlsx = false
);
