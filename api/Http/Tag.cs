namespace Campaigns.Api.Http;

/// <summary>The groups of operations in the OpenAPI document.</summary>
internal sealed record Tag(string Name, string Description)
{
    public const string Campaigns = "Campaigns";
    public const string Signing = "Signing";
    public const string Counts = "Counts";
    public const string Ledger = "Ledger";
    public const string MySignature = "My signature";
    public const string StaffCampaigns = "Staff: campaigns";
    public const string StaffSignatures = "Staff: signatures";
    public const string StaffPackets = "Staff: packets";
    public const string StaffHandovers = "Staff: hand-overs";
    public const string StaffTimeline = "Staff: timeline";
    public const string StaffRecords = "Staff: records";
    public const string StaffAccess = "Staff: access";
    public const string Mail = "Mail";
    public const string Health = "Health";

    public static IReadOnlyList<Tag> All { get; } =
    [
        new(Campaigns, "Campaigns as the public sees them."),
        new(Signing, "Sign, confirm, and ask for the link to a signature."),
        new(Counts, "Confirmed signatures by country, live."),
        new(Ledger, "Everything needed to recompute and verify the count."),
        new(MySignature, "What signers see and change of their own signature, with the manage token."),
        new(StaffCampaigns, "Create, change, open and close campaigns."),
        new(StaffSignatures, "Signatures and waves of holds: find, decide, and what a signer asks of staff."),
        new(StaffPackets, "Packets for recipients: order, watch, download."),
        new(StaffHandovers, "Hand-overs of packets: plan, attempts, answers."),
        new(StaffTimeline, "Updates, developments and events: write, publish, correct, withdraw."),
        new(StaffRecords, "Counts by state, letters, and who did what."),
        new(StaffAccess, "Members, invitations, and a member's own sessions and tokens."),
        new(Mail, "Reports of mail servers and providers."),
        new(Health, "Whether the server lives and is ready."),
    ];
}
