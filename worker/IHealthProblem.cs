namespace Campaigns.Worker;

/// <summary>
/// An external dependency that may fail while the server runs. <c>/healthz/ready</c> reports it.
/// </summary>
public interface IHealthProblem
{
    /// <summary>
    /// A short name such as <c>mail</c>. It must not change, because operators search for it.
    /// </summary>
    string Name { get; }

    /// <summary>
    /// A sentence for the operator without personal data, or null while all is well. Reading it is
    /// cheap and thread-safe.
    /// </summary>
    string? Problem { get; }
}
