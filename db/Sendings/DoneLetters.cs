namespace Campaigns.Db.Sendings;

/// <summary>How many letters of an update have an outcome.</summary>
/// <param name="Done">All of them.</param>
/// <param name="Failed">Those that were given up.</param>
internal readonly record struct DoneLetters(long Done, long Failed);
