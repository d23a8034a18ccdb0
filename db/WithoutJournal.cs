namespace Campaigns.Db;

/// <summary>
/// The option of a start or a restore that goes on although lines of the journal are lost. It is
/// not a setting, so that it does not stay.
/// </summary>
public static class WithoutJournal
{
    public const string Option = "--without-journal";

    /// <summary>Returns the other arguments, and whether the option was among them.</summary>
    public static (string[] Settings, bool IsGiven) Split(string[] arguments) =>
        ([.. arguments.Where(argument => argument != Option)], arguments.Contains(Option));
}
