namespace Campaigns.Subscribers;

/// <summary>Where a person asked for updates, spelled as in the database.</summary>
public static class SubscriberSource
{
    public const string Form = "form";
    public const string Signature = "signature";
}
