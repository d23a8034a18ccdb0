namespace Campaigns.Signatures;

/// <summary>What happens to the address of a signature.</summary>
public enum SignerAddress
{
    /// <summary>The row stays the only one of its address.</summary>
    Kept,

    /// <summary>The address may sign again, as a new row.</summary>
    Freed,

    /// <summary>A freed address is this row's again, if no other row has it.</summary>
    Restored,

    /// <summary>The address is freed, and gets no letter of the campaign for a while.</summary>
    Suppressed,
}
