namespace Campaigns.Db.Engine;

/// <summary>The kinds of rows that wait for a worker.</summary>
[Flags]
public enum PendingWork
{
    None = 0,
    Letters = 1,
    Packets = 2,
}
