using Campaigns.Signatures;

namespace Campaigns.Db.Signatures;

/// <summary>The condition for rows that staff may still release.</summary>
internal static class HoldCondition
{
    // A signature that ended keeps the reason of its hold.
    public static readonly string IsOnHold =
        "hold_reason IS NOT NULL AND "
        + SqlCondition.IsOneOf("state", SignatureLifecycle.StatesChangedBy(SignatureAct.Release));
}
