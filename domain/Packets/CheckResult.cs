namespace Campaigns.Packets;

public enum CheckResult
{
    True,
    False,

    /// <summary>The input needed for this check was not given.</summary>
    Unchecked,
}
