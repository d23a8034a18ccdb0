namespace Campaigns.Api.Pages;

/// <summary>
/// A feature of the request: the page runs the site's script. Pages with a secret link or with
/// personal data never do.
/// </summary>
internal sealed class ScriptedPage;
