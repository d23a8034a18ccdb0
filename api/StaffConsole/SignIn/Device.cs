namespace Campaigns.Api.StaffConsole.SignIn;

/// <summary>
/// Names a browser and its system by the words that members know. The header itself is not stored:
/// it can hold anything, and its versions would identify a person.
/// </summary>
internal static class Device
{
    // The first match counts: Edge and Opera name Chrome too, and Chrome names Safari.
    private static readonly (string Sign, string Name)[] _browsers =
    [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ];

    private static readonly (string Sign, string Name)[] _systems =
    [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];

    /// <summary>A browser that says nothing known about itself, such as a program.</summary>
    public const string Unknown = "?, ?";

    /// <summary>Such as <c>Firefox, Linux</c>; <c>?</c> for what is unknown.</summary>
    public static string Of(HttpRequest request)
    {
        var agent = request.Headers.UserAgent.ToString();
        return $"{Find(_browsers, agent)}, {Find(_systems, agent)}";
    }

    private static string Find((string Sign, string Name)[] known, string agent) =>
        Array.Find(known, entry => agent.Contains(entry.Sign, StringComparison.Ordinal)).Name ?? "?";
}
