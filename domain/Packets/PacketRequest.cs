namespace Campaigns.Packets;

/// <summary>
/// A request by staff. Null countries mean all countries of the recipient; a null cut-off means the
/// newest head. Since is the packet that this one supplements; null for none.
/// </summary>
public sealed record PacketRequest(
    string Recipient,
    IReadOnlyList<string>? Countries,
    Disclosure Disclosure,
    string Locale,
    long? CutOff,
    bool Csv,
    bool Xlsx = false,
    long? Since = null
);
