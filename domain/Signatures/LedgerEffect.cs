namespace Campaigns.Signatures;

/// <summary>What happens in the ledger's queue.</summary>
public enum LedgerEffect
{
    None,

    /// <summary>An add is queued.</summary>
    Add,

    /// <summary>A queued add is deleted; an add that has a line gets a remove.</summary>
    Remove,
}
