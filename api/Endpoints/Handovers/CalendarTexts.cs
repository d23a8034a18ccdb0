namespace Campaigns.Api.Endpoints.Handovers;

/// <summary>Names the texts of calendars.</summary>
public sealed class CalendarTexts;
