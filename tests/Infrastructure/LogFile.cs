using Microsoft.Extensions.Logging;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// Writes everything the server logs, at every level, to a file that tests search for personal
/// data.
/// </summary>
internal sealed class LogFile(string path) : ILoggerProvider
{
    private readonly StreamWriter _file = new(path, append: true) { AutoFlush = true };

    public ILogger CreateLogger(string categoryName) => new Log(categoryName, _file);

    public void Dispose() => _file.Dispose();

    private sealed class Log(string category, StreamWriter file) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            lock (file)
                file.WriteLine($"{logLevel} {category} {formatter(state, exception)} {exception}");
        }
    }
}
