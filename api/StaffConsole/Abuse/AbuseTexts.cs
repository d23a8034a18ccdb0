namespace Campaigns.Api.StaffConsole.Abuse;

/// <summary>Names the texts of the screens about waves and bulk invalidations.</summary>
public sealed class AbuseTexts;
