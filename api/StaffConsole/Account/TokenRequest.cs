using System.Globalization;

namespace Campaigns.Api.StaffConsole.Account;

/// <summary>What a member asks of a new token.</summary>
internal sealed record TokenRequest(string Name, bool ReadOnly, TimeSpan Lifetime)
{
    public const int MostName = 60;
    public const int MostDays = 365;

    /// <summary>Checks the fields of a form; a refusal names them.</summary>
    public static Outcome<TokenRequest> From(string? name, string? days, bool readOnly) =>
        From(
            name,
            int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
            readOnly
        );

    /// <summary>Checks the fields; a refusal names them.</summary>
    public static Outcome<TokenRequest> From(string? name, int? days, bool readOnly)
    {
        var errors = new FieldErrors();
        var (line, problem) = CampaignFields.Line(name ?? "", MostName);
        if (problem is not null)
            errors.Add("name", problem);
        if (days is not >= 1 or > MostDays)
            errors.Add("days", $"Give a number of days from 1 to {MostDays}.");
        return errors.ToRefusal() is { } refusal
            ? refusal
            : new TokenRequest(line!, readOnly, TimeSpan.FromDays(days!.Value));
    }
}
