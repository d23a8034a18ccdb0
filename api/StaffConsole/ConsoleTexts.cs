namespace Campaigns.Api.StaffConsole;

/// <summary>
/// Names the resource files with the words that all screens of the console share. Each screen has
/// further files of its own. <c>.resx</c> is English, <c>.nl</c> and <c>.nb</c> have the same keys.
/// </summary>
public sealed class ConsoleTexts;
