using Campaigns.Db.Staff;

namespace Campaigns.Api.Http.Access;

/// <summary>
/// Figures about unconfirmed people are of the last full hour and hide small numbers, so that a
/// member of staff who signs for an address does not see from them whether it was known.
/// </summary>
internal static class Coarse
{
    /// <summary>Smaller numbers are not shown.</summary>
    public const int Few = 5;

    /// <summary>
    /// True for auditors and organisers, and for every member where a campaign is sensitive.
    /// </summary>
    public static bool AppliesTo(StaffMember member, Campaign campaign) =>
        campaign.Sensitive || member.Role is Role.Auditor or Role.Organiser;

    /// <summary>Null when the number is too small to be shown.</summary>
    public static long? Value(long number) => number < Few ? null : number;

    /// <summary>The same where 0 says nothing about a person, and is shown.</summary>
    public static long? ValueOrZero(long number) => number == 0 ? 0 : Value(number);
}
