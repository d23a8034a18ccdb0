namespace Campaigns.Packets;

/// <summary>
/// The states of the approval of a packet, spelled as in the database and the contract.
/// </summary>
public static class ApprovalState
{
    public const string Waiting = "waiting";
    public const string Approved = "approved";
    public const string Declined = "declined";
}
