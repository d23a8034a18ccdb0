using Campaigns.Db;

namespace Campaigns.Api.Doctor.Settings;

/// <summary>
/// The settings that exist: those of <c>appsettings.json</c>, which names every one with its
/// default.
/// </summary>
internal static class KnownSettings
{
    // The framework and its sinks define what may be in it.
    private const string Logging = "Logging";

    /// <summary>
    /// The keys in sections of this program that are no setting: a misspelt one has no effect.
    /// </summary>
    public static IReadOnlyList<string> FindUnknown(IConfiguration configuration, InstallationRoot root)
    {
        var defaults = Defaults(root);
        var known = defaults.AsEnumerable().Select(pair => pair.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var lists = known.Where(key => key == "Proxies:Known").ToList();
        return
        [
            .. defaults
                .GetChildren()
                .Where(section => section.Value is null && section.Key != Logging)
                .SelectMany(section => Keys(configuration.GetSection(section.Key)))
                .Where(key => !known.Contains(key) && !lists.Exists(list => IsIn(list, key)))
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>The settings of <c>appsettings.json</c>.</summary>
    public static IConfigurationRoot Defaults(InstallationRoot root) =>
        new ConfigurationBuilder().AddJsonFile(Path.Combine(root.Path, "appsettings.json"), optional: false).Build();

    private static IEnumerable<string> Keys(IConfiguration configuration) =>
        configuration.AsEnumerable().Where(pair => pair.Value is not null).Select(pair => pair.Key);

    private static bool IsIn(string list, string key) => key.StartsWith(list + ":", StringComparison.OrdinalIgnoreCase);
}
