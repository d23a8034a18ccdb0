namespace Campaigns;

public sealed record PrivacyNotice(string Version, string Text);
