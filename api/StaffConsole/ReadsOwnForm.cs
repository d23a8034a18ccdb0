namespace Campaigns.Api.StaffConsole;

/// <summary>
/// Marks a screen whose form has files: it reads the body and checks the antiforgery token itself.
/// </summary>
internal sealed record ReadsOwnForm;
