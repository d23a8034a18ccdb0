namespace Campaigns.Staff;

/// <summary>Why a password is refused.</summary>
public enum PasswordProblem
{
    TooShort,
    TooLong,

    /// <summary>Few different characters, a repetition or a row of keys.</summary>
    TooSimple,

    /// <summary>Common words, or words of the member or the site, and little else.</summary>
    TooCommon,
}
