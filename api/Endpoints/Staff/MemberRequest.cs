using Campaigns.Api.Http;
using Campaigns.Signatures;

namespace Campaigns.Api.Endpoints.Staff;

/// <summary>Who a member is and what the member may do.</summary>
internal sealed record MemberRequest(string Name, string Role, IReadOnlyList<string> Countries)
{
    public const int MostName = 100;

    /// <summary>Reads the fields of a body; a refusal names those that are wrong.</summary>
    public static Outcome<MemberRequest> Read(JsonFields fields)
    {
        fields.Only("name", "role", "countries");
        return ReadPerson(fields);
    }

    /// <summary>As <see cref="Read"/>, among other fields.</summary>
    public static Outcome<MemberRequest> ReadPerson(JsonFields fields) =>
        Check(
            fields.String("name"),
            fields.String("role"),
            fields.Strings("countries", Country.Codes.Count) ?? [],
            fields.Errors
        );

    /// <summary>Checks the fields of a form or a body.</summary>
    public static Outcome<MemberRequest> Check(
        string? name,
        string? role,
        IReadOnlyList<string> countries,
        FieldErrors errors
    )
    {
        var (line, problem) = CampaignFields.Line(name ?? "", MostName);
        if (problem is not null)
            errors.Add("name", problem);
        CheckRole(role, countries, errors);
        return errors.ToRefusal() is { } refusal ? refusal : new MemberRequest(line!, role!, [.. countries.Distinct()]);
    }

    /// <summary>
    /// The address for a letter with a link, as typed; null without one. Adds an error for a
    /// malformed one.
    /// </summary>
    public static string? CheckEmail(string? typed, FieldErrors errors)
    {
        if (string.IsNullOrWhiteSpace(typed))
            return null;
        var (address, problem) = EmailAddress.Parse(typed);
        if (problem is not null)
            errors.Add("email", problem);
        return address?.Typed;
    }

    /// <summary>Adds errors about a role and the countries that an organiser has.</summary>
    public static void CheckRole(string? role, IReadOnlyList<string> countries, FieldErrors errors)
    {
        if (role is null || !Roles.Contains(role))
            errors.Add("role", $"The role is one of {string.Join(", ", Roles)}.");
        else if (role == Db.Staff.Role.Organiser && countries.Count == 0)
            errors.Add("countries", "An organiser has at least one country.");
        else if (role != Db.Staff.Role.Organiser && countries.Count > 0)
            errors.Add("countries", "Only an organiser is limited to countries.");
        if (countries.Select(CampaignFields.CountryProblem).FirstOrDefault(found => found is not null) is { } problem)
            errors.Add("countries", problem);
    }

    private static IReadOnlyList<string> Roles => Db.Staff.Role.All;
}
