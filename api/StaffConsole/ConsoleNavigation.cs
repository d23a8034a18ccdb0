using Campaigns.Db.Staff;

namespace Campaigns.Api.StaffConsole;

/// <summary>
/// The screens that a member reaches, for the navigation. The endpoints check the roles again.
/// </summary>
internal static class ConsoleNavigation
{
    private static readonly string[] _everyone = [Role.Campaigner, Role.Organiser, Role.Auditor];

    private static readonly (string Address, string Key, string[] Roles)[] _global =
    [
        ("/staff", "Today", _everyone),
        ("/staff/people", "People", []),
        ("/staff/audit", "Audit", [Role.Auditor]),
        ("/staff/system", "System", [Role.Auditor]),
    ];

    private static readonly (string Address, string Key, string[] Roles)[] _campaign =
    [
        ("", "Overview", _everyone),
        ("/signatures", "Signatures", [Role.Campaigner]),
        ("/abuse", "Abuse", [Role.Campaigner]),
        ("/letters", "Letters", [Role.Campaigner]),
        ("/updates", "Updates", [Role.Campaigner, Role.Organiser]),
        ("/packets", "Packets", _everyone),
        ("/handovers", "Handovers", _everyone),
        ("/ledger", "Ledger", [Role.Campaigner, Role.Auditor]),
        ("/sharing", "Sharing", [Role.Campaigner]),
        ("/settings", "Settings", [Role.Campaigner]),
    ];

    /// <summary>The screens about all campaigns, with the key of their name.</summary>
    public static IEnumerable<(string Address, string Key)> Global(StaffMember member) =>
        _global.Where(screen => Reaches(member, screen.Roles)).Select(screen => (screen.Address, screen.Key));

    /// <summary>The screens about one campaign.</summary>
    public static IEnumerable<(string Address, string Key)> Campaign(StaffMember member, Campaign campaign) =>
        _campaign
            .Where(screen => Reaches(member, screen.Roles))
            .Select(screen => ($"/staff/c/{campaign.Slug}{screen.Address}", screen.Key));

    private static bool Reaches(StaffMember member, string[] roles) =>
        member.Role == Role.Administrator || roles.Contains(member.Role);
}
