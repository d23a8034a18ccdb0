namespace Campaigns.Sendings;

/// <summary>Why a sending is paused, spelled as in the database.</summary>
public static class PauseReason
{
    /// <summary>A member paused it.</summary>
    public const string Staff = "staff";

    /// <summary>Too many of the first letters were refused.</summary>
    public const string Bounces = "bounces";

    /// <summary>The database was restored from a backup.</summary>
    public const string Restored = "restored";
}
