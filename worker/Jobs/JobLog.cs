using Hangfire.Logging;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// Logs Hangfire's warnings and errors. A message with an exception may quote it, so the log gets
/// the logger's name and the exception types instead.
/// </summary>
internal sealed class JobLog(ILogger log, string name = "Hangfire") : ILogProvider, ILog
{
    public ILog GetLogger(string name) => new JobLog(log, name);

    public bool Log(Hangfire.Logging.LogLevel logLevel, Func<string>? messageFunc, Exception? exception = null)
    {
        if (logLevel < Hangfire.Logging.LogLevel.Warn)
            return false;
        if (messageFunc is null)
            return true;
        if (exception is null)
            log.JobBoardWarned(messageFunc(), "");
        else
            log.JobBoardWarned(name, WorkerLog.Types(exception));
        return true;
    }
}
