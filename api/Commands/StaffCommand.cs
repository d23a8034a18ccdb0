using Campaigns.Api.Endpoints.Staff;
using Campaigns.Api.StaffConsole.SignIn;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Worker;
using static Campaigns.Api.Commands.CommandDefinition;

namespace Campaigns.Api.Commands;

internal static class StaffCommand
{
    public static async Task<int> AddAsync(string[] settings, string name, string role, string[] countries)
    {
        var request = MemberRequest.Check(name, role, countries, new FieldErrors());
        if (request.Value is not { } asked)
            return WriteRefusal(request.Refusal!);
        await using var installation = CommandHost.Open(settings);
        Console.WriteLine(
            await installation.Get<StaffStore>().AddAsync(asked.Name, asked.Role, asked.Countries, Actor.Operator)
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

    /// <summary>
    /// Prints a link that works once: for a new member, or for one whom <paramref name="member"/>
    /// names. With an address a letter brings the link as well.
    /// </summary>
    public static async Task<int> InviteAsync(
        string[] settings,
        string? name,
        string? role,
        string[] countries,
        string? member,
        string? email = null
    )
    {
        var errors = new FieldErrors();
        var address = MemberRequest.CheckEmail(email, errors);
        if (errors.ToRefusal() is { } malformed)
            return WriteRefusal(malformed);
        if ((name is null) == (member is null))
            return WriteError("Give the name of a new member, or --member for a member there is.");
        if (member is not null)
        {
            await using var existing = CommandHost.OpenExisting(settings);
            if (Find(existing.Get<StaffStore>(), member) is not { } found)
                return NotDone;
            var again = await existing.Get<InvitationStore>().InviteMemberAsync(found.Id, Actor.Operator, address);
            return again is { } invitation
                ? WriteLink(existing, invitation.Token)
                : WriteError("The access of this member has ended.");
        }
        var request = MemberRequest.Check(name, role, countries, new FieldErrors());
        if (request.Value is not { } asked)
            return WriteRefusal(request.Refusal!);
        await using var installation = CommandHost.Open(settings);
        var made = await installation
            .Get<InvitationStore>()
            .InviteAsync(asked.Name, asked.Role, asked.Countries, Actor.Operator, address);
        return WriteLink(installation, made.Token);
    }

    /// <summary>Revokes by id, or by name if only one active member has it.</summary>
    public static async Task<int> RevokeAsync(string[] settings, string idOrName)
    {
        await using var installation = CommandHost.OpenExisting(settings);
        var staff = installation.Get<StaffStore>();
        if (Find(staff, idOrName) is not { } found)
            return NotDone;
        await staff.RevokeAsync(found.Id, Actor.Operator);
        return 0;
    }

    // Writes what is wrong, and returns null, unless exactly one member is meant.
    private static StaffMember? Find(StaffStore staff, string idOrName)
    {
        var found = staff
            .List()
            .Where(member => Ids.Text(member.Id) == idOrName || (member.Name == idOrName && member.RevokedAt is null))
            .ToList();
        if (found.Count == 1)
            return found[0];
        WriteError(
            found.Count == 0
                ? "There is no such member; staff list shows all."
                : "Several members have this name; give the id that staff list shows."
        );
        return null;
    }

    private static int WriteLink(CommandHost installation, string token)
    {
        Console.WriteLine(installation.Get<PublicAddress>().Url + JoinEndpoints.Path(token));
        return 0;
    }

    private static int WriteRefusal(Refusal refusal) =>
        WriteError(string.Join(' ', refusal.Errors!.Select(error => $"{error.Key}: {error.Value[0]}")));
}
