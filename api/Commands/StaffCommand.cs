using Campaigns.Db.Staff;

namespace Campaigns.Api.Commands;

internal static class StaffCommand
{
    public static async Task<int> AddAsync(string[] settings, string name, string role, string[] countries)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > 100 || name.Any(char.IsControl)) return Complain("A name has 1 to 100 characters.");
        if (countries.FirstOrDefault(country => !Country.Exists(country)) is not null) return Complain("--country takes a two-letter code of ISO 3166-1, in capitals.");
        if (role == Role.Organiser && countries.Length == 0) return Complain("An organiser has at least one country: --country GB");
        if (role != Role.Organiser && countries.Length > 0) return Complain("Only an organiser is limited to countries.");
        await using var installation = Installation.Open(settings);
        Console.WriteLine(await installation.Get<StaffStore>().AddAsync(name.Trim(), role, [.. countries.Distinct()], Actor.Operator));
        return 0;
    }

    public static async Task<int> ListAsync(string[] settings)
    {
        await using var installation = Installation.OpenExisting(settings);
        foreach (var member in installation.Get<StaffStore>().List())
            Console.WriteLine(string.Join('\t', member.Id, member.Name, member.Role, string.Join(' ', member.Countries), member.RevokedAt is { } at ? $"revoked {Instant.Text(at)}" : "active"));
        return 0;
    }

    public static async Task<int> RevokeAsync(string[] settings, string id)
    {
        if (!Ids.TryParse(id, out var number)) return Complain("The id is the number that staff list shows.");
        await using var installation = Installation.OpenExisting(settings);
        return await installation.Get<StaffStore>().RevokeAsync(number, Actor.Operator) ? 0 : Complain("There is no member with this id.");
    }

    private static int Complain(string sentence)
    {
        Console.Error.WriteLine(sentence);
        return 2;
    }
}
