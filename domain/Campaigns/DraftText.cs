namespace Campaigns;

public sealed record DraftText(string Locale, string Title, string Demand);
