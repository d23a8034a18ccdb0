namespace Campaigns.Worker.Jobs;

/// <summary>
/// What the job board stores and shows of a failure: fixed words and the names of exception types.
/// The original exception is left out, because it may quote personal data.
/// </summary>
public sealed class JobFailedException(string reason) : Exception(reason);
