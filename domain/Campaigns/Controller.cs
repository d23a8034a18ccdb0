namespace Campaigns;

/// <summary>
/// The controller of data-protection law, who is responsible for the personal data, and how to
/// reach them.
/// </summary>
public sealed record Controller(string Name, string Contact);
