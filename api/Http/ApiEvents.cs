namespace Campaigns.Api.Http;

/// <summary>
/// Event ids, which never change because operators' alarms use them (docs/operating.md).
/// </summary>
internal static class ApiEvents
{
    public static readonly EventId Request = new(2001, "Request");
    public static readonly EventId RequestFailed = new(2002, "RequestFailed");
    public static readonly EventId PacketDamaged = new(2003, "PacketDamaged");
    public static readonly EventId LedgerDisagrees = new(2004, "LedgerDisagrees");
    public static readonly EventId PasskeysOfOtherHost = new(2005, "PasskeysOfOtherHost");
    public static readonly EventId EvidenceDamaged = new(2006, "EvidenceDamaged");
}
