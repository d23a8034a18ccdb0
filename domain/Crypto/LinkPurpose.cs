namespace Campaigns.Crypto;

/// <summary>The action a link allows. The numbers are part of every token.</summary>
public enum LinkPurpose : byte
{
    Confirm = 1,
    Manage = 2,
    NotMe = 3,
    Subscribe = 4,

    /// <summary>Made with keys of their own, which are kept longer.</summary>
    Unsubscribe = 5,
}
