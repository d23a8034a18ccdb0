namespace Campaigns.Api.Http;

/// <summary>
/// What an administrator should mend although the server is ready: readiness, <em>Today</em> and
/// the system screen say it.
/// </summary>
internal interface IWarning
{
    /// <summary>A short name, which must not change.</summary>
    string Name { get; }

    /// <summary>
    /// A sentence for the operator without personal data, or null while all is well.
    /// </summary>
    string? Find();
}
