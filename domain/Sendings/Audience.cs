namespace Campaigns.Sendings;

/// <summary>Which subscribers of a campaign get an update.</summary>
/// <param name="Countries">Only those who live there; null for all, also those who did not say.
/// </param>
/// <param name="Locales">Only those who read these languages; null for all.</param>
public sealed record Audience(IReadOnlyList<string>? Countries, IReadOnlyList<string>? Locales)
{
    public static Audience All { get; } = new(null, null);
}
