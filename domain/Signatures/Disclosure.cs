namespace Campaigns;

/// <summary>
/// What a recipient may see of a signer. The values are ordered: the lower of two applies.
/// </summary>
public enum Disclosure
{
    /// <summary>The recipient sees the signer only as part of a count.</summary>
    Count = 0,

    /// <summary>The recipient sees the first letters of the name.</summary>
    Initials = 1,

    /// <summary>The recipient sees the name, and the locality if the signer gave one.</summary>
    Name = 2,
}
