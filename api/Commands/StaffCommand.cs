using Campaigns.Db.Staff;

namespace Campaigns.Api.Commands;

internal static class StaffCommand
{
    private const int MostName = 100;

    public static async Task<int> AddAsync(string[] settings, string name, string role, string[] countries)
    {
        if (CampaignFields.Line(name, MostName) is { Problem: { } nameProblem })
            return WriteError($"The name: {nameProblem}");
        if (countries.Select(CampaignFields.CountryProblem).FirstOrDefault(found => found is not null) is { } problem)
            return WriteError($"--country: {problem}");
        if (role == Role.Organiser && countries.Length == 0)
            return WriteError("An organiser has at least one country: --country GB");
        if (role != Role.Organiser && countries.Length > 0)
            return WriteError("Only an organiser is limited to countries.");
        await using var installation = CommandHost.Open(settings);
        Console.WriteLine(
            await installation.Get<StaffStore>().AddAsync(name.Trim(), role, [.. countries.Distinct()], Actor.Operator)
        );
        return 0;
    }

    public static async Task<int> ListAsync(string[] settings)
    {
        await using var installation = CommandHost.OpenExisting(settings);
        foreach (var member in installation.Get<StaffStore>().List())
            Console.WriteLine(
                string.Join(
                    '\t',
                    member.Id,
                    member.Name,
                    member.Role,
                    string.Join(' ', member.Countries),
                    member.RevokedAt is { } at ? $"revoked {Instant.Text(at)}" : "active"
                )
            );
        return 0;
    }

    /// <summary>Revokes by id, or by name if only one active member has it.</summary>
    public static async Task<int> RevokeAsync(string[] settings, string idOrName)
    {
        await using var installation = CommandHost.OpenExisting(settings);
        var staff = installation.Get<StaffStore>();
        var found = staff
            .List()
            .Where(member => Ids.Text(member.Id) == idOrName || (member.Name == idOrName && member.RevokedAt is null))
            .ToList();
        if (found.Count == 0)
            return WriteError("There is no such member; staff list shows all.");
        if (found.Count > 1)
            return WriteError("Several members have this name; give the id that staff list shows.");
        await staff.RevokeAsync(found[0].Id, Actor.Operator);
        return 0;
    }

    private static int WriteError(string sentence)
    {
        Console.Error.WriteLine(sentence);
        return 2;
    }
}
