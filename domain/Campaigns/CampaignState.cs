namespace Campaigns;

public static class CampaignState
{
    public const string Draft = "draft";
    public const string Open = "open";
    public const string Closed = "closed";
    public const string Archived = "archived";

    public static IReadOnlyList<string> All { get; } = [Draft, Open, Closed, Archived];
}
