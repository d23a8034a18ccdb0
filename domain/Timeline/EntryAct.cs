namespace Campaigns.Timeline;

/// <summary>
/// What staff do to an entry: the rows of the table in <see cref="EntryLifecycle"/>.
/// </summary>
public enum EntryAct
{
    Change,
    Publish,
    Remove,
}
