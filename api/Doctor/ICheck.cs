using Campaigns.Checks;

namespace Campaigns.Api.Doctor;

/// <summary>
/// Looks at one thing that an operator can mend. It changes nothing, and its sentence names no
/// address, person, password or token. What to do is the text <c>Do.{name}</c> of
/// <see cref="CheckTexts"/>.
/// </summary>
internal interface ICheck
{
    /// <summary>Must not change, because operators search for it.</summary>
    static abstract string Name { get; }

    /// <summary>True when it reads the whole database: a server leaves it to the command.</summary>
    static virtual bool IsDeep => false;

    Task<CheckResult> RunAsync(CancellationToken cancellation);
}
