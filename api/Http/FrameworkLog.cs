namespace Campaigns.Api.Http;

/// <summary>
/// Suppresses the framework's log lines about requests, because they quote paths and some paths
/// contain tokens. The filter is in code and overrides every rule of the settings, so that an
/// operator cannot enable these lines by accident.
/// </summary>
internal static class FrameworkLog
{
    // At every level these quote the path in their scope, and exceptions with their message. RequestLog and
    // FailureHandler log both without personal data.
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
                new LoggerFilterRule(null, null, options.MinLevel, (_, category, level) => IsAllowed(category, level))
            );
            foreach (var rule in rules)
            {
                options.Rules.Add(
                    new LoggerFilterRule(
                        rule.ProviderName,
                        rule.CategoryName,
                        rule.LogLevel,
                        (provider, category, level) =>
                            IsAllowed(category, level) && rule.Filter?.Invoke(provider, category, level) != false
                    )
                );
            }
        });
        return logging;
    }

    private static bool IsAllowed(string? category, LogLevel level) =>
        category is null
        || !category.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
        || (level >= LogLevel.Warning && !_never.Contains(category));
}
