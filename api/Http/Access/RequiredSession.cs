namespace Campaigns.Api.Http.Access;

/// <summary>
/// The endpoint needs a session of the console, because it changes access. A fresh one proved its
/// second factor a few minutes ago.
/// </summary>
internal sealed record RequiredSession(bool Fresh);
