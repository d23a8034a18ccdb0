using Hangfire.Logging;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Jobs;

/// <summary>Hangfire's own messages from warnings on; of exceptions the types alone.</summary>
internal sealed class JobLog(ILogger log) : ILogProvider, ILog
{
    public ILog GetLogger(string name) => this;

    public bool Log(Hangfire.Logging.LogLevel logLevel, Func<string>? messageFunc, Exception? exception = null)
    {
        if (logLevel < Hangfire.Logging.LogLevel.Warn) return false;
        if (messageFunc is null) return true;
        log.JobBoardWarned(messageFunc(), exception);
        return true;
    }
}
