namespace Campaigns;

/// <summary>How long, how many and how large the fields of a campaign may be.</summary>
public static class CampaignLimits
{
    public const int MostTexts = 50;
    public const int MostRecipients = 200;
    public const int MostOrigins = 100;

    /// <summary>The goal of a campaign or of one of its countries is at least 1.</summary>
    public const int MostGoal = 1_000_000_000;

    /// <summary>
    /// Ten years: the longest time for an answer (at least 1 day) and before an erasure (at least
    /// 0).
    /// </summary>
    public const int MostDays = 3650;

    // Lengths are in UTF-16 code units, as typed.
    public const int Organisation = 200;
    public const int ControllerName = 200;
    public const int ControllerContact = 300;
    public const int NoticeVersion = 40;
    public const int NoticeText = 20_000;
    public const int TextTitle = 200;
    public const int TextDemand = 10_000;
    public const int RecipientName = 300;
    public const int RecipientAddressLines = 6;
    public const int RecipientAddressLine = 100;
    public const int TimeZone = 60;
    public const int ShareText = 280;
    public const int MostHashtags = 10;
}
