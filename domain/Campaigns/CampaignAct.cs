namespace Campaigns;

/// <summary>
/// What can be done to a campaign: the rows of the table in <see cref="CampaignLifecycle"/>.
/// </summary>
public enum CampaignAct
{
    /// <summary>Anyone sees its page, its counts and its ledger.</summary>
    Show,

    /// <summary>Its name stands in the list of campaigns.</summary>
    List,

    /// <summary>
    /// Someone signs. An open campaign may also have a time before which, and one from which, it
    /// does not accept signatures.
    /// </summary>
    Sign,

    /// <summary>Someone asks for updates.</summary>
    Subscribe,

    /// <summary>
    /// Staff change its fields. <see cref="CampaignChangeRules"/> says which changes.
    /// </summary>
    Edit,

    /// <summary>Staff add a version of a text.</summary>
    AddText,

    Open,
    Close,
    Archive,

    /// <summary>Staff order a packet.</summary>
    OrderPacket,

    /// <summary>
    /// The term of the personal data begins when staff closed the campaign. An announced closing
    /// time begins it in every state; see <see cref="Retention"/>.
    /// </summary>
    BeginTerm,
}
