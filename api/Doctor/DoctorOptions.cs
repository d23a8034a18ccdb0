namespace Campaigns.Api.Doctor;

/// <summary>Section <c>Doctor</c>: what only the checks need to know.</summary>
internal sealed class DoctorOptions
{
    public const string Section = "Doctor";

    /// <summary>
    /// The selectors under which the mail server signs (DKIM), separated by spaces; empty: not
    /// known.
    /// </summary>
    public string DkimSelectors { get; set; } = "";

    /// <summary>
    /// The resolver to ask, such as <c>192.0.2.53</c> or <c>192.0.2.53:5353</c>; empty: that of the
    /// machine.
    /// </summary>
    public string Resolver { get; set; } = "";

    /// <summary>The file that the log is written to; empty: the log is in no file.</summary>
    public string LogFile { get; set; } = "";
}
