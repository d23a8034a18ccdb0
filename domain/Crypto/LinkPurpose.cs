namespace Campaigns.Crypto;

/// <summary>The action a link allows. The numbers are part of every token.</summary>
public enum LinkPurpose : byte
{
    Confirm = 1,
    Manage = 2,
    NotMe = 3,
}
