namespace Campaigns.Worker.Jobs;

/// <summary>
/// What the job board keeps and shows of a failure: words of the product and names of exception
/// types. The original exception may quote personal data and stays out of it.
/// </summary>
public sealed class JobFailedException(string reason) : Exception(reason);
