using System.CommandLine;
using Campaigns.Db.Staff;
using static Campaigns.Api.Commands.CommandDefinition;

namespace Campaigns.Api.Commands;

/// <summary>The commands about members of staff.</summary>
internal static class StaffCommandLine
{
    public static Command Staff()
    {
        var name = new Argument<string>("NAME") { Description = "The member's name, for the audit trail." };
        var role = new Option<string>("--role") { Description = "The member's role.", Required = true };
        role.AcceptOnlyFromAmong([.. Role.All]);
        var countries = new Option<string[]>("--country")
        {
            Description = "A country of an organiser; may be repeated.",
        };
        var member = new Argument<string>("MEMBER")
        {
            Description = "The id that staff list shows, or the name if only one member has it.",
        };
        var invited = new Argument<string?>("NAME")
        {
            Description = "The name of a new member.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var invitedRole = new Option<string?>("--role") { Description = "The role of a new member." };
        invitedRole.AcceptOnlyFromAmong([.. Role.All]);
        var invitedMember = new Option<string?>("--member")
        {
            Description = "The id or name of a member who has only a token, or who sets up the sign-in again.",
        };
        var invitedEmail = new Option<string?>("--email")
        {
            Description = "An address to which the server sends the link by letter as well.",
        };
        return new Command("staff", "Members of staff, their tokens and their links to the console.")
        {
            Define(
                "add",
                "Adds a member and prints their token, which is not shown again.",
                [name, role, countries],
                (parsed, settings) =>
                    StaffCommand.AddAsync(
                        settings,
                        parsed.GetValue(name)!,
                        parsed.GetValue(role)!,
                        parsed.GetValue(countries) ?? []
                    )
            ),
            Define(
                "invite",
                "Prints a link to join the console with a passkey or a password; with --member for a member there is.",
                [invited, invitedRole, countries, invitedMember, invitedEmail],
                (parsed, settings) =>
                    StaffCommand.InviteAsync(
                        settings,
                        parsed.GetValue(invited),
                        parsed.GetValue(invitedRole),
                        parsed.GetValue(countries) ?? [],
                        parsed.GetValue(invitedMember),
                        parsed.GetValue(invitedEmail)
                    )
            ),
            Define("list", "Lists members.", [], (_, settings) => StaffCommand.ListAsync(settings)),
            Define("reset", "Prints a link for a member to set up the sign-in again.", [member], (parsed, settings) =>
                StaffCommand.InviteAsync(settings, null, null, [], parsed.GetValue(member)!)
            ),
            Define("revoke", "Ends a member's access.", [member], (parsed, settings) =>
                StaffCommand.RevokeAsync(settings, parsed.GetValue(member)!)
            ),
        };
    }
}
