namespace Campaigns;

/// <summary>
/// Something outside that may fail while the server goes on: what <c>/healthz/ready</c> names as
/// missing.
/// </summary>
public interface IHealthProblem
{
    /// <summary>
    /// A short word for it, such as <c>mail</c>; it stays, because operators look for it.
    /// </summary>
    string Name { get; }

    /// <summary>
    /// A sentence for the operator without anybody's data; null while all is well. Cheap, and may
    /// be asked from any thread.
    /// </summary>
    string? Problem { get; }
}
