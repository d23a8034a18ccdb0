namespace Campaigns.Staff;

/// <summary>Why a member cannot have an address confirmed.</summary>
public enum AddressProblem
{
    /// <summary>It is no e-mail address.</summary>
    Malformed,

    /// <summary>Another member signs in with it.</summary>
    Taken,

    /// <summary>It is confirmed.</summary>
    Confirmed,

    /// <summary>Too many letters were asked for today.</summary>
    TooManyLetters,

    /// <summary>The member has tokens only and does not sign in.</summary>
    NoAccount,
}
