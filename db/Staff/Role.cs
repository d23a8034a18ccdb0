
namespace Campaigns.Db.Staff;

public static class Role
{
    public const string Administrator = "administrator";
    public const string Campaigner = "campaigner";
    public const string Organiser = "organiser";
    public const string Auditor = "auditor";

    public static IReadOnlyList<string> All { get; } = [Administrator, Campaigner, Organiser, Auditor];
}
