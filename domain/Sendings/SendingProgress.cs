namespace Campaigns.Sendings;

/// <summary>How far a sending is.</summary>
/// <param name="Total">The subscribers in the audience when it started; 0 before.</param>
/// <param name="Done">Those whose turn is over: mailed, refused, or no longer subscribed.</param>
/// <param name="Failed">Those of them whose letter was given up.</param>
public readonly record struct SendingProgress(long Total, long Done, long Failed);
