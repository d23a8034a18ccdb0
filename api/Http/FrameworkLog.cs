namespace Campaigns.Api.Http;

/// <summary>
/// Keeps what the framework says about requests out of the logs: it quotes paths, and some paths
/// are keys to a person's data. In code and over every rule of the settings, whether for all logs
/// or for one of them, so that nobody who looks for a fault opens it by accident.
/// </summary>
internal static class FrameworkLog
{
    // These quote the path in their scope, and an exception with its message, whatever the level: our own log says what
    // can be said of both.
    private static readonly string[] _never =
    [
        "Microsoft.AspNetCore.Hosting.Diagnostics",
        "Microsoft.AspNetCore.Diagnostics.ExceptionHandlerMiddleware",
    ];

    public static ILoggingBuilder SuppressPathLogging(this ILoggingBuilder logging)
    {
        logging.Services.PostConfigure<LoggerFilterOptions>(options =>
        {
            var rules = options.Rules.ToList();
            options.Rules.Clear();
            options.Rules.Add(
                new LoggerFilterRule(null, null, options.MinLevel, (_, category, level) => May(category, level))
            );
            foreach (var rule in rules)
            {
                options.Rules.Add(
                    new LoggerFilterRule(
                        rule.ProviderName,
                        rule.CategoryName,
                        rule.LogLevel,
                        (provider, category, level) =>
                            May(category, level) && rule.Filter?.Invoke(provider, category, level) != false
                    )
                );
            }
        });
        return logging;
    }

    private static bool May(string? category, LogLevel level) =>
        category is null
        || !category.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
        || (level >= LogLevel.Warning && !_never.Contains(category));
}
